SELECT
    COALESCE(t.village_id, t.town_id) AS village_id,
    f.fund_code,
    f.name,
    CASE f.source_level
        WHEN 'central' THEN '中央'
        WHEN 'province' THEN '省级'
        WHEN 'city' THEN '市级'
        WHEN 'county' THEN '县级'
        ELSE '乡镇'
    END AS source_words,
    t.amount_fen,
    t.passed_fen,
    CAST(t.issued_at AS DATE) AS issued_date,
    f.use_by_date,
    f.fund_code || t.allocation_id AS sort
FROM stg_transfer t
JOIN stg_fund f ON f.fund_code = t.fund_code
WHERE CAST(t.issued_at AS DATE) <= $last
