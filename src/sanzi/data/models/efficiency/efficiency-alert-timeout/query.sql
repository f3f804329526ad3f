SELECT
    'alert' AS finding_kind,
    a.alert_id AS finding_id,
    a.village_id,
    a.org_id,
    strftime(a.opened_at, '%Y-%m') AS period,
    CAST(a.due_at AS DATE) AS business_date,
    CAST(a.opened_at AS DATE) AS opened_on,
    CAST(a.due_at AS DATE) AS due_on,
    a.route_role AS role_code
FROM stg_alert a
WHERE a.state NOT IN ('disposed', 'suspended')
    AND a.due_at < $as_of
    -- An alert about alerts is no alert to count again.
    AND NOT list_contains($own_codes, a.model_code)
