WITH leased AS (
    SELECT
        l.asset_id,
        l.start_date,
        l.end_date,
        l.rent_fen_year,
        c.name AS tenant,
        ROW_NUMBER() OVER (PARTITION BY l.asset_id ORDER BY l.start_date DESC, l.lease_id DESC) AS place
    FROM stg_lease l
    JOIN stg_counterparty c ON c.counterparty_id = l.tenant_counterparty_id
    WHERE l.start_date <= $last AND (l.returned_at IS NULL OR CAST(l.returned_at AS DATE) > $last)
)
SELECT
    a.village_id,
    a.card_no,
    a.name,
    CASE a.kind
        WHEN 'house' THEN '房屋及建筑物'
        WHEN 'equipment' THEN '机器设备'
        WHEN 'livelihood' THEN '民生设施'
        WHEN 'water' THEN '水利设施'
        ELSE '其他'
    END AS kind_words,
    CASE WHEN a.is_operating THEN '经营性' ELSE '非经营性' END AS class,
    CAST(a.quantity AS BIGINT) AS quantity,
    a.unit,
    a.place,
    CAST(ROUND(a.area_m2 * 100) AS BIGINT) AS area_m2,
    a.acquired_date,
    a.book_value_fen AS book_fen,
    NULL AS checked_fen,
    CASE a.status WHEN 'self_use' THEN '自用' WHEN 'leased' THEN '出租' ELSE '闲置' END AS use_words,
    l.tenant,
    CASE
        WHEN l.asset_id IS NOT NULL THEN CAST(l.start_date AS VARCHAR) || '到' || CAST(l.end_date AS VARCHAR)
    END AS term,
    l.rent_fen_year,
    NULL AS remark,
    'asset' AS row_kind,
    a.asset_id AS row_id,
    a.card_no AS sort
FROM stg_asset a
LEFT JOIN leased l ON l.asset_id = a.asset_id AND l.place = 1
WHERE CASE $side
        WHEN 'all' THEN a.category <> 'resource'
        ELSE a.category = 'fixed' AND a.is_operating = ($side = 'operating')
    END
    AND NOT list_contains(['disposed', 'scrapped'], a.status)
    AND COALESCE(a.acquired_date, CAST(a.registered_at AS DATE)) <= $last
