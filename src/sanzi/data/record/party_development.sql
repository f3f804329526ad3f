SELECT
    d.ext_id AS development_id,
    o.ext_id AS org_id,
    d.division_code AS village_id,
    d.case_number AS case_id,
    p.ext_id AS person_id,
    d.stage AS stage,
    d.applied_date AS applied_date,
    d.appointment_ext_id AS appointment_id
FROM party_partydevelopment d
JOIN orgs_organisation o ON o.id = d.organisation_id
JOIN orgs_person p ON p.id = d.person_id
