SELECT
    l.ext_id AS listing_id,
    p.ext_id AS person_id,
    l.division_code AS village_id,
    l.since_date AS since_date,
    l.until_date AS until_date,
    l.health_until_date AS health_until_date
FROM labour_labourlisting l
JOIN orgs_person p ON p.id = l.person_id
