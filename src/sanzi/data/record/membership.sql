SELECT
    m.ext_id AS membership_id,
    o.ext_id AS org_id,
    m.division_code AS village_id,
    m.case_number AS case_id,
    m.submitted_at AS submitted_at,
    p.ext_id AS person_id,
    m.kind AS kind,
    m.ground AS ground,
    m.checked_at AS checked_at,
    m.decision_ext_id AS decision_id,
    m.decided_at AS decided_at,
    m.is_accepted AS is_accepted,
    m.refuse_ground AS refuse_ground,
    m.publicity_start_date AS publicity_start_date,
    m.publicity_end_date AS publicity_end_date,
    m.filed_at AS filed_at,
    m.file_no AS file_no,
    m.status AS status
FROM land_membership m
JOIN orgs_organisation o ON o.id = m.organisation_id
JOIN orgs_person p ON p.id = m.person_id
