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
UNION ALL
SELECT
    c.ext_id AS source_id,
    'contract' AS kind,
    o.ext_id AS org_id,
    c.division_code AS village_id,
    c.title AS title,
    COALESCE(c.period_fen, c.amount_fen) AS amount_fen,
    k.ext_id AS counterparty_id,
    p.ext_id AS person_id,
    c.decision_ext_id AS decision_id,
    c.start_date AS start_date,
    c.end_date AS end_date,
    c.approved_at AS approved_at,
    c.status AS status
FROM deals_contract c
JOIN orgs_organisation o ON o.id = c.organisation_id
LEFT JOIN orgs_counterparty k ON k.id = c.counterparty_id
LEFT JOIN orgs_person p ON p.id = c.person_id
