SELECT
    v.ext_id AS variation_id,
    w.ext_id AS works_id,
    v.amount_fen AS amount_fen,
    v.reason_code AS reason_code,
    v.reason AS reason,
    v.submitted_at AS submitted_at,
    v.approved_at AS approved_at,
    v.executed_at AS executed_at
FROM works_variation v
JOIN works_works w ON w.id = v.works_id
WHERE v.refused_at IS NULL
