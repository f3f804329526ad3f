SELECT
    f.ext_id AS finding_id,
    t.ext_id AS task_id,
    s.ext_id AS sample_id,
    f.division_code AS village_id,
    f.form AS form_code,
    f.level AS level,
    f.facts AS facts,
    f.amount_fen AS amount_fen,
    f.demand AS demand,
    f.days AS days,
    f.due_at AS due_at,
    f.state AS status,
    p.ext_id AS found_person_id,
    f.role_code AS role_code,
    f.found_at AS found_at,
    f.file_hashes AS file_hashes,
    f.closed_at AS closed_at,
    f.no_lead_reason AS no_lead_reason,
    n.ext_id AS no_lead_person_id
FROM inspection_finding f
JOIN inspection_task t ON t.id = f.task_id
JOIN orgs_person p ON p.id = f.found_by_id
LEFT JOIN inspection_sample s ON s.id = f.sample_id
LEFT JOIN orgs_person n ON n.id = f.no_lead_by_id
