SELECT
    w.ext_id AS slip_id,
    w.case_number AS case_id,
    w.line_no AS line_no,
    w.org_ext_id AS org_id,
    w.division_code AS village_id,
    w.kind AS kind,
    w.amount_fen AS amount_fen,
    w.slip_date AS slip_date
FROM evidence_whiteslip w
