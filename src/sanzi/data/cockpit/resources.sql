SELECT
    a.village_id,
    'asset' AS row_kind,
    a.asset_id AS row_id,
    NULL AS month,
    a.status AS key,
    CAST(COALESCE(a.area_mu, 0) * 100 AS BIGINT) AS part,
    1 AS whole
FROM stg_asset a
WHERE a.category = 'resource'
    AND NOT list_contains(['disposed', 'scrapped'], a.status)
