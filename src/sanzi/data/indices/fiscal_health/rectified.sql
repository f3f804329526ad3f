SELECT
    COALESCE(a.village_id, o.division_code) AS village_id,
    'alert' AS row_kind,
    a.alert_id AS row_id,
    CASE WHEN a.state = 'disposed' THEN 1 ELSE 0 END AS part,
    1 AS whole
FROM stg_alert a
LEFT JOIN stg_org o ON o.org_id = a.org_id
WHERE a.conclusion = 'confirmed'
    AND CAST(a.due_at AS DATE) >= $since
    AND (a.due_at <= $as_of OR a.disposed_at <= $as_of)
