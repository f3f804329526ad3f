SELECT
    o.ext_id AS org_id,
    o.division_id AS division_code,
    o.name AS name,
    d.level AS level,
    o.kind AS kind,
    o.uscc AS uscc,
    up.ext_id AS parent_org_id,
    CASE WHEN d.level = 'village' THEN o.division_id END AS village_id,
    o.is_poor_village AS is_poor_village,
    o.population AS population,
    o.household_count AS household_count
FROM orgs_organisation o
JOIN orgs_division d ON d.code = o.division_id
LEFT JOIN orgs_organisation up ON up.id = o.parent_id
