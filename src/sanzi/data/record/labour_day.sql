SELECT
    w.ext_id AS labour_day_id,
    q.ext_id AS request_id,
    w.division_code AS village_id,
    p.ext_id AS person_id,
    w.work_date AS work_date,
    w.start_at AS start_at,
    w.end_at AS end_at,
    w.minutes / 60.0 AS hours,
    w.piece_qty AS piece_qty,
    w.rate_fen_day AS rate_fen_day,
    w.amount_fen AS amount_fen,
    d.ext_id AS dispatcher_person_id,
    c.ext_id AS checker_person_id,
    w.worker_signed_at AS worker_signed_at,
    w.checked_at AS checked_at
FROM labour_labourday w
JOIN labour_labourrequest q ON q.id = w.request_id
JOIN orgs_person p ON p.id = w.person_id
LEFT JOIN orgs_person d ON d.id = w.dispatcher_id
LEFT JOIN orgs_person c ON c.id = w.checker_id
