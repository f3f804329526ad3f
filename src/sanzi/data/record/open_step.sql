SELECT
    c.number || '-' || s.round || '-' || s.step_no || '-' || s.line_no AS open_step_id,
    c.number AS subject_id,
    o.ext_id AS org_id,
    c.division_code AS village_id,
    c.title AS title,
    s.step_no AS step_no,
    s.role_code AS role_code,
    s.opened_at AS opened_at,
    s.due_at AS due_at
FROM matters_casestep s
JOIN matters_case c ON c.id = s.case_id
JOIN orgs_organisation o ON o.id = c.organisation_id
WHERE s.state = 'OPEN'
