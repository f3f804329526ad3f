SELECT
    COALESCE(a.village_id, o.division_code) AS village_id,
    'alert' AS row_kind,
    a.alert_id AS row_id,
    LEFT(CAST(a.disposed_at AS VARCHAR), 7) AS month,
    'days' AS key,
    date_diff('day', a.opened_at, a.disposed_at) AS part,
    1 AS whole
FROM stg_alert a
LEFT JOIN stg_org o ON o.org_id = a.org_id
WHERE NOT list_contains($closed, a.model_code)
    AND a.state = 'disposed'
    AND CAST(a.disposed_at AS DATE) >= $since
    AND a.disposed_at <= $as_of
