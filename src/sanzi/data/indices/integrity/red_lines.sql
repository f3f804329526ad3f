SELECT
    a.village_id,
    'alert' AS row_kind,
    a.alert_id AS row_id,
    1 AS part,
    0 AS whole
FROM stg_alert a
WHERE a.severity = 'block'
    AND (a.conclusion IS NULL OR NOT list_contains(['false_positive', 'data_error'], a.conclusion))
    AND CAST(a.opened_at AS DATE) >= $since
    AND a.opened_at <= $as_of
UNION ALL
SELECT
    p.village_id,
    'payment' AS row_kind,
    p.payment_id AS row_id,
    0 AS part,
    1 AS whole
FROM stg_payment p
WHERE p.status = 'paid'
    AND CAST(p.paid_at AS DATE) >= $since
    AND p.paid_at <= $as_of
