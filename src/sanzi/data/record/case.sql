SELECT
    c.number AS case_id,
    c.matter_code AS matter_code,
    g.ext_id AS org_id,
    c.division_code AS village_id,
    c.title AS title,
    c.tier AS tier,
    c.amount_fen AS amount_fen,
    lower(c.state) AS status,
    o.source_kind AS source_kind,
    o.source_id AS source_id,
    c.decision_ext_id AS decision_id,
    h.ext_id AS handler_person_id,
    s.ext_id AS created_by_person_id,
    c.created_at AS created_at,
    c.submitted_at AS submitted_at,
    o.approved_at AS approved_at,
    c.closed_at AS closed_at,
    c.is_backfilled AS is_backfilled
FROM matters_case c
JOIN orgs_organisation g ON g.id = c.organisation_id
LEFT JOIN payments_paymentorder o ON o.case_number = c.number
LEFT JOIN orgs_person h ON h.id = o.handler_id
LEFT JOIN orgs_person s ON s.id = c.started_by_id
