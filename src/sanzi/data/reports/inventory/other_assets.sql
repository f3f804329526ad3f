SELECT
    a.village_id,
    a.card_no,
    a.name,
    CASE a.kind
        WHEN 'forest' THEN '林木'
        WHEN 'share' THEN '股权'
        WHEN 'livelihood' THEN '牲畜（禽）'
        ELSE '其他'
    END AS kind_words,
    CAST(a.quantity AS BIGINT) AS quantity,
    a.unit,
    a.place,
    a.acquired_date,
    a.book_value_fen AS book_fen,
    NULL AS checked_fen,
    NULL AS reason,
    'asset' AS row_kind,
    a.asset_id AS row_id,
    a.card_no AS sort
FROM stg_asset a
WHERE a.category || '.' || CASE WHEN a.kind = 'forest' THEN 'forest' ELSE 'other' END = $side
    AND NOT list_contains(['disposed', 'scrapped'], a.status)
    AND COALESCE(a.acquired_date, CAST(a.registered_at AS DATE)) <= $last
