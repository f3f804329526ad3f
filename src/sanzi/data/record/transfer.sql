SELECT
    t.ext_id AS allocation_id,
    o.ext_id AS org_id,
    t.fund_code AS fund_code,
    t.town_code AS town_id,
    CASE WHEN t.division_code <> t.town_code THEN t.division_code END AS village_id,
    t.amount_fen AS amount_fen,
    t.issued_at AS issued_at,
    t.town_received_at AS town_received_at,
    t.passed_on_at AS passed_on_at,
    t.passed_fen AS passed_fen,
    p.ext_id AS project_id
FROM funds_transfer t
JOIN orgs_organisation o ON o.id = t.organisation_id
LEFT JOIN funds_townproject p ON p.id = t.project_id
