SELECT
    r.ext_id AS risk_id,
    w.ext_id AS works_id,
    i.ext_id AS inspection_id,
    r.kind AS kind,
    r.level AS level,
    r.words AS words,
    p.ext_id AS responsible_person_id,
    r.due_date AS due_date,
    r.state AS status,
    r.closed_at AS closed_at
FROM works_risk r
JOIN works_works w ON w.id = r.works_id
JOIN works_inspection i ON i.id = r.inspection_id
JOIN orgs_person p ON p.id = r.person_id
