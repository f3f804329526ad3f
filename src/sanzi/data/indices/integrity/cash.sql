SELECT
    p.village_id,
    'payment' AS row_kind,
    p.payment_id AS row_id,
    CASE WHEN p.method = 'cash' THEN p.amount_fen ELSE 0 END AS part,
    p.amount_fen AS whole
FROM stg_payment p
WHERE p.status = 'paid'
    AND p.amount_fen > 0
    AND CAST(p.paid_at AS DATE) >= $since
    AND p.paid_at <= $as_of
