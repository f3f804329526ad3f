SELECT
    t.ext_id AS task_id,
    p.ext_id AS person_id,
    m.role_code AS role_code
FROM inspection_inspector m
JOIN inspection_task t ON t.id = m.task_id
JOIN orgs_person p ON p.id = m.person_id
