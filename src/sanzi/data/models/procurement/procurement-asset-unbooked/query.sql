SELECT
    'procurement' AS finding_kind,
    p.procurement_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(p.accepted_at, '%Y-%m') AS period,
    CAST(p.accepted_at AS DATE) AS business_date,
    p.title,
    p.award_fen,
    CAST(p.accepted_at AS DATE) AS accepted_on,
    date_diff('day', CAST(p.accepted_at AS DATE), CAST($as_of AS DATE)) AS passed_days
FROM stg_procurement p
LEFT JOIN stg_asset a ON a.source_id = p.procurement_id
LEFT JOIN stg_asset b ON b.source_id = p.case_id
WHERE list_contains($asset_categories, p.category_code)
    -- The price of one, not of all.
    AND CAST(p.award_fen AS HUGEINT) * 1000 >= CAST(p.quantity_milli AS HUGEINT) * $capital_line
    AND date_diff('day', CAST(p.accepted_at AS DATE), CAST($as_of AS DATE)) > $days
    AND a.asset_id IS NULL
    AND b.asset_id IS NULL
