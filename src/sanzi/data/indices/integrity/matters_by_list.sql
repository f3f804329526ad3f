SELECT
    p.village_id,
    'payment' AS row_kind,
    p.payment_id AS row_id,
    CASE WHEN p.is_backfilled THEN 0 ELSE 1 END AS part,
    1 AS whole
FROM stg_payment p
WHERE p.status = 'paid'
    AND CAST(p.paid_at AS DATE) >= $since
    AND p.paid_at <= $as_of
