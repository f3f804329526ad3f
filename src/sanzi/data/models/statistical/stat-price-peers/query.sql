WITH bought AS (
    SELECT
        p.procurement_id,
        p.village_id,
        p.org_id,
        p.category_code,
        p.unit,
        p.title,
        CAST(p.award_fen AS HUGEINT) AS award_fen,
        p.quantity_milli,
        p.counterparty_id,
        CAST(p.ordered_at AS DATE) AS ordered_on
    FROM stg_procurement p
    WHERE p.award_fen > 0
),
priced AS (
    -- A price of a piece is never divided out: two are compared by multiplying across, once, and
    -- only those that may stand beside each other below.
    SELECT b.procurement_id, COUNT(*) AS rank
    FROM bought b
    JOIN bought q ON q.category_code = b.category_code
        AND q.unit = b.unit
        AND SUBSTR(q.village_id, 1, 6) = SUBSTR(b.village_id, 1, 6)
        AND (q.award_fen * b.quantity_milli < b.award_fen * q.quantity_milli
            OR (q.award_fen * b.quantity_milli = b.award_fen * q.quantity_milli
                AND q.procurement_id <= b.procurement_id))
    GROUP BY b.procurement_id
),
paired AS (
    -- Each purchase beside the county's earlier ones of the same thing by other villages.
    SELECT
        b.procurement_id,
        b.award_fen,
        b.quantity_milli,
        q.award_fen AS other_fen,
        q.quantity_milli AS other_milli,
        COUNT(*) OVER (PARTITION BY b.procurement_id) AS peers,
        ROW_NUMBER() OVER (PARTITION BY b.procurement_id ORDER BY r.rank) AS place
    FROM bought b
    JOIN bought q ON q.category_code = b.category_code
        AND q.unit = b.unit
        AND SUBSTR(q.village_id, 1, 6) = SUBSTR(b.village_id, 1, 6)
        AND q.village_id <> b.village_id
        AND q.ordered_on <= b.ordered_on
        AND date_diff('day', q.ordered_on, b.ordered_on) <= $window_days
    JOIN priced r ON r.procurement_id = q.procurement_id
),
judged AS (
    SELECT
        p.procurement_id,
        MIN(p.peers) AS peers,
        MAX(CASE WHEN p.place * 2 IN (p.peers, p.peers + 1) THEN p.other_fen END) AS middle_fen,
        MAX(CASE WHEN p.place * 2 IN (p.peers, p.peers + 1) THEN p.other_milli END)
            AS middle_milli,
        SUM(CASE WHEN p.other_fen * p.quantity_milli * 100
            >= p.award_fen * p.other_milli * $near_percent THEN 1 ELSE 0 END) AS company,
        -- Padded, so that text sorts as numbers do.
        array_to_string(list_sort(array_agg(
            LPAD(CAST(p.other_fen AS VARCHAR), 15, '0') || '/' || CAST(p.other_milli AS VARCHAR)
        )), ';') AS series
    FROM paired p
    GROUP BY p.procurement_id
)
SELECT
    'procurement' AS finding_kind,
    b.procurement_id AS finding_id,
    b.village_id,
    b.org_id,
    strftime(b.ordered_on, '%Y-%m') AS period,
    b.ordered_on AS business_date,
    b.title,
    b.unit,
    CAST(b.award_fen AS BIGINT) AS award_fen,
    b.quantity_milli,
    CAST(j.middle_fen AS BIGINT) AS middle_fen,
    j.middle_milli,
    CAST(b.award_fen * j.middle_milli AS BIGINT) AS price_here,
    CAST(j.middle_fen * b.quantity_milli AS BIGINT) AS price_middle,
    j.peers,
    CAST(j.company AS BIGINT) AS company,
    f.name AS supplier_name,
    j.series
FROM judged j
JOIN bought b ON b.procurement_id = j.procurement_id
LEFT JOIN stg_counterparty f ON f.counterparty_id = b.counterparty_id
WHERE j.peers >= $least_peers
    AND j.company <= $company_max
    AND b.award_fen * j.middle_milli * 100 >= j.middle_fen * b.quantity_milli * $times_percent
    AND b.award_fen * j.middle_milli - j.middle_fen * b.quantity_milli
        >= CAST($floor_fen AS HUGEINT) * j.middle_milli
