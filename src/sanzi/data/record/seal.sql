SELECT
    s.ext_id AS seal_id,
    o.ext_id AS org_id,
    s.division_code AS village_id,
    s.kind AS kind,
    s.title AS title,
    s.device_uuid AS device_id,
    k.ext_id AS keeper_person_id,
    s.kept_since_date AS kept_since_date,
    s.state AS state,
    s.lost_at AS lost_at
FROM seals_seal s
JOIN orgs_organisation o ON o.id = s.organisation_id
LEFT JOIN orgs_person k ON k.id = s.keeper_id
