SELECT
    c.ext_id AS counterparty_id,
    p.ext_id AS person_id,
    w.share_percent AS share_percent,
    w.kind AS kind
FROM orgs_counterpartyowner w
JOIN orgs_counterparty c ON c.id = w.counterparty_id
JOIN orgs_person p ON p.id = w.person_id
