SELECT
    s.ext_id AS service_id,
    o.ext_id AS org_id,
    s.division_code AS village_id,
    s.case_number AS case_id,
    s.item_code AS item_code,
    s.item_title AS item_title,
    s.channel AS channel,
    s.applied_at AS applied_at,
    s.due_at AS due_at,
    s.done_at AS done_at,
    a.ext_id AS applicant_person_id,
    s.status AS status
FROM seals_service s
JOIN orgs_organisation o ON o.id = s.organisation_id
JOIN orgs_person a ON a.id = s.applicant_id
