WITH offered AS (
    SELECT
        b.tender_id,
        b.bid_id,
        b.price_fen,
        b.is_winner,
        LAG(b.price_fen) OVER (
            PARTITION BY b.tender_id ORDER BY b.price_fen, b.bid_id
        ) AS lower_fen
    FROM stg_bid b
    JOIN stg_tender t ON t.tender_id = b.tender_id
    WHERE b.is_valid AND b.price_fen > 0
        AND t.subject_kind IN ('works', 'procurement')
        AND list_contains($methods, t.method)
),
summed AS (
    SELECT
        o.tender_id,
        COUNT(*) AS bid_count,
        CAST(MIN(o.price_fen) AS HUGEINT) AS least_fen,
        CAST(MAX(o.price_fen) AS HUGEINT) AS most_fen,
        MIN(CASE WHEN o.is_winner THEN o.price_fen END) AS winner_fen,
        CAST(SUM(o.price_fen) AS HUGEINT) AS sum_fen,
        SUM(CAST(o.price_fen AS HUGEINT) * o.price_fen) AS square_sum,
        MIN(o.price_fen - o.lower_fen) AS least_gap_fen,
        MAX(o.price_fen - o.lower_fen) AS most_gap_fen
    FROM offered o
    GROUP BY o.tender_id
    HAVING COUNT(*) >= $least_bids
),
judged AS (
    -- The square of the coefficient of variation is (n*sum(x^2) - sum(x)^2) over sum(x)^2.
    SELECT
        s.*,
        t.title,
        t.village_id,
        t.org_id,
        t.limit_price_fen,
        CAST(COALESCE(t.opened_at, t.bid_deadline_at, $as_of) AS DATE) AS opened_on,
        CASE
            WHEN s.least_gap_fen > 0
                AND (s.most_gap_fen - s.least_gap_fen) * 1000 <= s.least_fen * $diff_tol
                THEN 'steps'
            WHEN (s.bid_count * s.square_sum - s.sum_fen * s.sum_fen) * 10000
                < s.sum_fen * s.sum_fen * $cv_low * $cv_low
                THEN 'close'
            WHEN s.winner_fen = s.least_fen AND s.least_gap_fen > 0
                AND s.least_fen * 100 >= CAST(t.limit_price_fen AS HUGEINT) * $near_limit
                THEN 'limit'
        END AS ground
    FROM summed s
    JOIN stg_tender t ON t.tender_id = s.tender_id
)
SELECT
    'tender' AS finding_kind,
    j.tender_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.opened_on, '%Y-%m') AS period,
    j.opened_on AS business_date,
    j.ground,
    j.title,
    j.bid_count,
    CAST(j.least_fen AS BIGINT) AS least_fen,
    CAST(j.most_fen AS BIGINT) AS most_fen,
    j.least_gap_fen,
    j.limit_price_fen
FROM judged j
WHERE j.ground IS NOT NULL
