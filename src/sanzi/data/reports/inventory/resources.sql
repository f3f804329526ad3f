SELECT
    a.village_id,
    a.card_no,
    a.name,
    CASE a.kind
        WHEN 'land' THEN '耕地等农用地'
        WHEN 'forest' THEN '林地'
        WHEN 'water' THEN '水面'
        ELSE '其他'
    END AS kind_words,
    a.place,
    CAST(ROUND(COALESCE(a.area_mu, 0) * 100) AS BIGINT) AS area_mu,
    CASE
        WHEN a.status = 'leased' THEN '发包、流转'
        WHEN a.status = 'self_use' THEN '集体经营'
        ELSE '没有发包'
    END AS use_words,
    NULL AS checked_mu,
    NULL AS remark,
    'asset' AS row_kind,
    a.asset_id AS row_id,
    a.card_no AS sort
FROM stg_asset a
WHERE a.category = 'resource'
    AND ($side = 'all' OR list_contains($subjects, a.kind))
    AND NOT list_contains(['disposed', 'scrapped'], a.status)
