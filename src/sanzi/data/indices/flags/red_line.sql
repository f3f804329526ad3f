SELECT
    a.village_id,
    'alert' AS row_kind,
    a.alert_id AS row_id,
    1 AS part,
    1 AS whole
FROM stg_alert a
WHERE a.severity = 'block'
    AND a.conclusion = 'confirmed'
    AND CAST(a.disposed_at AS DATE) >= $since
    AND a.disposed_at <= $as_of
