SELECT
    a.village_id,
    'alert' AS row_kind,
    a.alert_id AS row_id,
    CASE WHEN a.escalated_at IS NULL THEN 1 ELSE 0 END AS part,
    1 AS whole
FROM stg_alert a
WHERE LEFT(a.route, 1) = 'V'
    AND (
        (CAST(a.escalated_at AS DATE) >= $since AND a.escalated_at <= $as_of)
        OR (
            a.escalated_at IS NULL
            AND CAST(a.disposed_at AS DATE) >= $since
            AND a.disposed_at <= $as_of
        )
    )
