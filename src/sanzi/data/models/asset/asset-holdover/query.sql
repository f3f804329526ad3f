SELECT
    'lease' AS finding_kind,
    l.lease_id AS finding_id,
    l.village_id,
    a.org_id,
    strftime(l.end_date, '%Y-%m') AS period,
    l.end_date AS business_date,
    a.name AS asset_name,
    t.name AS tenant_name,
    l.end_date,
    date_diff('day', l.end_date, CAST($as_of AS DATE)) AS over_days
FROM stg_lease l
JOIN stg_asset a ON a.asset_id = l.asset_id
JOIN stg_counterparty t ON t.counterparty_id = l.tenant_counterparty_id
WHERE date_diff('day', l.end_date, CAST($as_of AS DATE)) > $grace_days
    AND l.returned_at IS NULL
    AND NOT EXISTS (
        SELECT 1
        FROM stg_lease n
        WHERE n.asset_id = l.asset_id AND n.end_date > l.end_date
    )
