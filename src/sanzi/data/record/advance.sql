SELECT
    d.ext_id AS advance_id,
    o.ext_id AS org_id,
    d.division_code AS village_id,
    d.case_number AS case_id,
    p.ext_id AS person_id,
    k.ext_id AS counterparty_id,
    d.contract_ext_id AS contract_id,
    d.kind AS kind,
    d.purpose AS purpose,
    d.amount_fen AS amount_fen,
    d.cleared_fen AS cleared_fen,
    d.issued_at AS issued_at,
    d.due_date AS due_date,
    d.state AS status
FROM treasury_advance d
JOIN orgs_organisation o ON o.id = d.organisation_id
LEFT JOIN orgs_person p ON p.id = d.person_id
LEFT JOIN orgs_counterparty k ON k.id = d.counterparty_id
