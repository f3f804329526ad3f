WITH open_sale AS (
    SELECT x.auction_id AS tender_id, x.platform_level
    FROM stg_auction x
    WHERE x.subject_kind = 'lease'
    UNION ALL
    SELECT n.tender_id, n.platform_level
    FROM stg_tender n
    WHERE n.subject_kind = 'lease' AND n.method IN ('open', 'auction')
),
sold AS (
    -- A sale may stand in both registers.
    SELECT o.tender_id, MIN(o.platform_level) AS platform_level
    FROM open_sale o
    GROUP BY o.tender_id
),
judged AS (
    SELECT
        l.*,
        CASE
            WHEN s.platform_level <> 'county'
                AND COALESCE(l.reserve_rent_fen_year, l.rent_fen_year) >= $county_platform_fen
                THEN 'platform'
            WHEN s.tender_id IS NULL AND l.rent_fen_year >= $auction_floor_fen THEN 'rent'
            WHEN s.tender_id IS NULL
                AND l.end_date >= l.start_date + INTERVAL ($free_term) YEAR THEN 'term'
        END AS ground
    FROM stg_lease l
    LEFT JOIN sold s ON s.tender_id = l.tender_id
    WHERE l.returned_at IS NULL
)
SELECT
    'lease' AS finding_kind,
    j.lease_id AS finding_id,
    j.village_id,
    a.org_id,
    strftime(j.start_date, '%Y-%m') AS period,
    CAST(j.signed_at AS DATE) AS business_date,
    j.ground,
    a.name AS asset_name,
    t.name AS tenant_name,
    j.rent_fen_year,
    j.start_date,
    j.end_date
FROM judged j
JOIN stg_asset a ON a.asset_id = j.asset_id
JOIN stg_counterparty t ON t.counterparty_id = j.tenant_counterparty_id
WHERE j.ground IS NOT NULL
