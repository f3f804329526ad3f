SELECT
    h.ext_id AS hire_id,
    o.ext_id AS org_id,
    h.division_code AS village_id,
    h.case_number AS case_id,
    h.role_code AS role_code,
    h.duties AS duties,
    h.monthly_fen AS monthly_fen,
    h.start_date AS start_date,
    h.end_date AS end_date,
    h.decision_ext_id AS decision_id,
    p.ext_id AS person_id,
    h.candidate_count AS candidate_count,
    h.panel_count AS panel_count,
    h.is_kin_of_cadre AS is_kin_of_cadre,
    h.submitted_at AS submitted_at,
    h.approved_at AS approved_at,
    h.notice_date AS notice_date,
    h.chosen_at AS chosen_at,
    h.publicity_start_date AS publicity_start_date,
    h.sign_date AS sign_date,
    h.appointment_ext_id AS appointment_id,
    h.status AS status
FROM posts_hire h
JOIN orgs_organisation o ON o.id = h.organisation_id
LEFT JOIN orgs_person p ON p.id = h.person_id
