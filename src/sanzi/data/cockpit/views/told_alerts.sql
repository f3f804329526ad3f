-- Alerts that wait, or were disposed of in the window, by severity and state.
SELECT
    COALESCE(a.village_id, o.division_code) AS village_id,
    'alert' AS row_kind,
    a.alert_id AS row_id,
    NULL AS month,
    a.severity || '.' || CASE a.state
        WHEN 'new' THEN 'new'
        WHEN 'disposed' THEN 'disposed'
        ELSE 'pending'
    END AS key,
    1 AS part,
    1 AS whole,
    list_contains($closed, a.model_code) AS is_closed
FROM stg_alert a
LEFT JOIN stg_org o ON o.org_id = a.org_id
WHERE a.opened_at <= $as_of
    AND (a.disposed_at IS NULL OR CAST(a.disposed_at AS DATE) >= $since)
