SELECT
    d.code AS code,
    d.name AS name,
    d.level AS level,
    d.parent_code AS parent_code,
    d.valid_from_date AS valid_from_date,
    d.valid_until_date AS valid_until_date
FROM orgs_division d
