SELECT
    c.ext_id AS declaration_id,
    q.ext_id AS request_id,
    c.declared_at AS declared_at,
    c.total_fen AS total_fen,
    c.payment_ext_id AS payment_id,
    c.accepted_at AS accepted_at,
    c.public_until_date AS public_until_date
FROM labour_labourdeclaration c
JOIN labour_labourrequest q ON q.id = c.request_id
WHERE c.state <> 'RETURNED'
