SELECT
    q.ext_id AS inquiry_id,
    q.division_code AS village_id,
    q.case_number AS case_id,
    q.title AS title,
    q.askers AS kind,
    q.asked_at AS asked_at,
    q.subject_kind AS subject_kind,
    q.subject_id AS subject_id,
    q.asker_count AS asker_count,
    o.ext_id AS addressee_org_id,
    q.due_at AS due_at,
    q.answered_at AS answered_at,
    q.is_satisfied AS is_satisfied,
    q.status AS status,
    q.level AS level
FROM disclosure_inquiry q
JOIN orgs_organisation o ON o.id = q.organisation_id
