SELECT
    a.village_id,
    CASE a.kind
        WHEN 'land' THEN '耕地等农用地'
        WHEN 'forest' THEN '林地'
        WHEN 'water' THEN '水面'
        ELSE '其他'
    END AS kind_words,
    CAST(COUNT(*) AS BIGINT) AS plots,
    CAST(ROUND(SUM(COALESCE(a.area_mu, 0)) * 100) AS BIGINT) AS area_mu,
    CAST(ROUND(SUM(CASE WHEN a.status = 'leased' THEN COALESCE(a.area_mu, 0) ELSE 0 END) * 100) AS BIGINT) AS leased_mu,
    CAST(ROUND(SUM(CASE WHEN a.status = 'self_use' THEN COALESCE(a.area_mu, 0) ELSE 0 END) * 100) AS BIGINT) AS own_mu,
    CAST(ROUND(SUM(CASE WHEN a.status = 'idle' THEN COALESCE(a.area_mu, 0) ELSE 0 END) * 100) AS BIGINT) AS idle_mu,
    NULL AS checked_mu,
    a.kind AS sort
FROM stg_asset a
WHERE a.category = 'resource'
    AND NOT list_contains(['disposed', 'scrapped'], a.status)
GROUP BY a.village_id, a.kind
