SELECT
    COALESCE(a.village_id, o.division_code) AS village_id,
    'alert' AS row_kind,
    a.alert_id AS row_id,
    NULL AS month,
    CASE
        WHEN a.due_at < $as_of THEN 'overdue'
        WHEN date_diff('day', a.opened_at, $as_of) <= 3 THEN 'days3'
        WHEN date_diff('day', a.opened_at, $as_of) <= 10 THEN 'days10'
        ELSE 'older'
    END AS key,
    1 AS part,
    1 AS whole
FROM stg_alert a
LEFT JOIN stg_org o ON o.org_id = a.org_id
WHERE NOT list_contains($closed, a.model_code)
    AND a.state <> 'disposed'
    AND a.opened_at <= $as_of
