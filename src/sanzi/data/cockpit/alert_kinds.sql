SELECT
    COALESCE(a.village_id, o.division_code) AS village_id,
    'alert' AS row_kind,
    a.alert_id AS row_id,
    LEFT(CAST(a.opened_at AS VARCHAR), 7) AS month,
    a.model_code AS key,
    1 AS part,
    1 AS whole
FROM stg_alert a
LEFT JOIN stg_org o ON o.org_id = a.org_id
WHERE NOT list_contains($closed, a.model_code)
    AND CAST(a.opened_at AS DATE) >= $since
    AND a.opened_at <= $as_of
