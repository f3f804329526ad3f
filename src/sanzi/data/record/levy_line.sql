SELECT
    l.ext_id AS line_id,
    v.ext_id AS levy_id,
    l.kind AS kind,
    p.ext_id AS person_id,
    l.amount_fen AS amount_fen,
    l.days AS days,
    l.words AS words,
    l.receipt_no AS receipt_no,
    l.done_at AS done_at
FROM subsidies_levyline l
JOIN subsidies_levy v ON v.id = l.levy_id
LEFT JOIN orgs_person p ON p.id = l.person_id
