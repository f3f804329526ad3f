SELECT
    l.village_id,
    'lease' AS row_kind,
    l.lease_id AS row_id,
    NULL AS month,
    CASE
        WHEN l.end_date < CAST($as_of AS DATE) THEN 'ended'
        WHEN l.end_date < CAST($as_of AS DATE) + 60 THEN 'ending'
        ELSE 'running'
    END AS key,
    1 AS part,
    1 AS whole
FROM stg_lease l
JOIN stg_asset a ON a.asset_id = l.asset_id
WHERE l.start_date <= CAST($as_of AS DATE)
    AND (l.end_date >= CAST($as_of AS DATE) OR a.status = 'leased')
    AND NOT EXISTS (
        SELECT 1
        FROM stg_lease n
        WHERE n.asset_id = l.asset_id AND n.lease_id <> l.lease_id AND n.start_date > l.start_date
            AND n.start_date <= CAST($as_of AS DATE)
    )
