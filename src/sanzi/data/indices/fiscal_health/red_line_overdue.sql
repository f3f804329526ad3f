SELECT
    COALESCE(a.village_id, o.division_code) AS village_id,
    'alert' AS row_kind,
    a.alert_id AS row_id,
    1 AS part,
    1 AS whole
FROM stg_alert a
LEFT JOIN stg_org o ON o.org_id = a.org_id
WHERE a.severity = 'block'
    AND a.state NOT IN ('disposed', 'suspended')
    AND date_diff('day', CAST(a.due_at AS DATE), CAST($as_of AS DATE)) > 30
    AND CAST(a.due_at AS DATE) >= $since
