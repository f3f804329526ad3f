SELECT
    s.ext_id AS source_id,
    s.kind AS kind,
    o.ext_id AS org_id,
    s.division_code AS village_id,
    s.title AS title,
    s.amount_fen AS amount_fen,
    s.counterparty_ext_id AS counterparty_id,
    s.person_ext_id AS person_id,
    s.decision_ext_id AS decision_id,
    s.start_date AS start_date,
    s.end_date AS end_date,
    s.approved_at AS approved_at,
    s.status AS status
FROM matters_sourcematter s
JOIN orgs_organisation o ON o.id = s.organisation_id
