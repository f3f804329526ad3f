SELECT
    a.ext_id AS appointment_id,
    p.ext_id AS person_id,
    o.ext_id AS org_id,
    CASE WHEN substr(o.division_id, 10, 3) <> '000' THEN o.division_id END AS village_id,
    a.role_code AS role_code,
    a.start_date AS start_date,
    a.end_date AS end_date,
    a.is_concurrent AS is_concurrent,
    a.document_ref AS document_ref
FROM orgs_appointment a
JOIN orgs_person p ON p.id = a.person_id
JOIN orgs_organisation o ON o.id = a.organisation_id
