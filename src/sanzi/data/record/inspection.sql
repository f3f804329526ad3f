SELECT
    i.ext_id AS inspection_id,
    o.ext_id AS org_id,
    i.title AS title,
    i.basis AS basis,
    i.method AS method,
    i.role_code AS role_code,
    p.ext_id AS ordered_person_id,
    i.ordered_at AS ordered_at,
    i.field_codes AS field_codes,
    i.list_date AS list_date,
    i.starts_date AS starts_date,
    i.ends_date AS ends_date,
    i.period_from_date AS period_from_date,
    i.period_until_date AS period_until_date,
    i.sample_size AS sample_size,
    i.risk_percent AS risk_percent,
    i.state AS status,
    c.ext_id AS closed_person_id,
    i.closed_at AS closed_at,
    i.summary AS summary
FROM inspection_inspection i
JOIN orgs_organisation o ON o.id = i.organisation_id
JOIN orgs_person p ON p.id = i.ordered_by_id
LEFT JOIN orgs_person c ON c.id = i.closed_by_id
