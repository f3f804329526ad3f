SELECT
    s.ext_id AS sample_id,
    t.ext_id AS task_id,
    s.number AS number,
    s.kind AS kind,
    s.ref AS case_id,
    s.title AS title,
    s.amount_fen AS amount_fen,
    s.how AS how,
    s.points AS points,
    s.verdict AS verdict,
    s.words AS words,
    p.ext_id AS looked_person_id,
    s.looked_at AS looked_at
FROM inspection_sample s
JOIN inspection_task t ON t.id = s.task_id
LEFT JOIN orgs_person p ON p.id = s.looked_by_id
