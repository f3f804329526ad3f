WITH bought AS (
    SELECT
        p.procurement_id,
        p.village_id,
        p.org_id,
        p.category_code,
        p.unit,
        p.title,
        p.award_fen,
        p.quantity_milli,
        CAST(p.ordered_at AS DATE) AS ordered_on
    FROM stg_procurement p
    WHERE p.award_fen > 0
),
listed AS (
    -- The highest price that is listed for the place on the day.
    SELECT b.procurement_id, MAX(k.price_fen) AS price_fen
    FROM bought b
    JOIN stg_price_book k ON k.item_code = b.category_code
        AND k.unit = b.unit
        AND k.valid_from_date <= b.ordered_on
        AND COALESCE(k.valid_until_date, b.ordered_on) >= b.ordered_on
        AND (k.area_code IS NULL
            OR strpos(b.village_id, CASE WHEN SUBSTR(k.area_code, 7, 6) = '000000'
                THEN SUBSTR(k.area_code, 1, 6) WHEN SUBSTR(k.area_code, 10, 3) = '000'
                THEN SUBSTR(k.area_code, 1, 9) ELSE k.area_code END) = 1)
    GROUP BY b.procurement_id
),
ranked AS (
    -- How many of the county's like purchases of a year cost less for a piece.
    SELECT
        b.procurement_id,
        COUNT(*) AS peers,
        SUM(CASE
            WHEN CAST(q.award_fen AS HUGEINT) * b.quantity_milli
                < CAST(b.award_fen AS HUGEINT) * q.quantity_milli THEN 1 ELSE 0
        END) AS cheaper,
        SUM(CASE
            WHEN CAST(q.award_fen AS HUGEINT) * b.quantity_milli * (100 + $tolerance)
                < CAST(b.award_fen AS HUGEINT) * q.quantity_milli * 100 THEN 1 ELSE 0
        END) AS much_cheaper
    FROM bought b
    JOIN bought q ON q.category_code = b.category_code
        AND q.unit = b.unit
        AND SUBSTR(q.village_id, 1, 6) = SUBSTR(b.village_id, 1, 6)
        AND q.procurement_id <> b.procurement_id
        AND q.ordered_on <= b.ordered_on
        AND date_diff('day', q.ordered_on, b.ordered_on) <= $window_days
    GROUP BY b.procurement_id
),
compared AS (
    SELECT
        b.*,
        COALESCE(
            CAST(b.award_fen AS HUGEINT) * 100000
                > CAST(k.price_fen AS HUGEINT) * b.quantity_milli * (100 + $tolerance), FALSE
        ) AS is_over_list,
        COALESCE(
            r.peers >= $min_peers
            AND r.cheaper * 10 >= r.peers * 9
            AND r.much_cheaper * 2 >= r.peers, FALSE
        ) AS is_over_peers,
        k.price_fen AS listed_fen,
        r.peers,
        r.cheaper
    FROM bought b
    LEFT JOIN listed k ON k.procurement_id = b.procurement_id
    LEFT JOIN ranked r ON r.procurement_id = b.procurement_id
)
SELECT
    'procurement' AS finding_kind,
    c.procurement_id AS finding_id,
    c.village_id,
    c.org_id,
    strftime(c.ordered_on, '%Y-%m') AS period,
    c.ordered_on AS business_date,
    CASE WHEN c.is_over_list THEN 'list' ELSE 'peers' END AS ground,
    c.title,
    c.award_fen,
    c.unit,
    c.listed_fen,
    c.peers,
    CAST(c.cheaper AS BIGINT) AS cheaper
FROM compared c
WHERE c.is_over_list OR c.is_over_peers
