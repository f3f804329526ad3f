WITH purchase AS (
    SELECT
        p.procurement_id,
        p.village_id,
        p.org_id,
        p.category_code,
        p.title,
        p.estimate_fen,
        p.counterparty_id,
        CAST(p.submitted_at AS DATE) AS submitted_on,
        CASE p.method WHEN 'direct' THEN 0 WHEN 'inquiry' THEN 1 WHEN 'quote' THEN 2 ELSE 3 END
            AS strength,
        ROW_NUMBER() OVER (ORDER BY p.submitted_at, p.procurement_id) AS seq
    FROM stg_procurement p
    WHERE p.status <> 'ended'
),
tier AS (
    SELECT 'quote' AS ground, $quote_tier AS tier_fen, 2 AS strength
    UNION ALL
    SELECT 'tender' AS ground, $tender_tier AS tier_fen, 3 AS strength
),
together AS (
    -- What was asked for until then, each below the limit, reaches it together; the last one asks
    -- for a weaker way of buying than the sum.
    SELECT
        p.procurement_id,
        t.ground,
        t.tier_fen,
        COUNT(*) AS peers,
        CAST(SUM(q.estimate_fen) AS BIGINT) AS total_fen,
        MIN(q.submitted_on) AS first_on,
        COUNT(DISTINCT q.counterparty_id) AS seller_count
    FROM purchase p
    JOIN tier t ON t.tier_fen > p.estimate_fen AND t.strength > p.strength
    JOIN purchase q ON q.village_id = p.village_id
        AND q.category_code = p.category_code
        AND q.estimate_fen < t.tier_fen
        AND q.seq <= p.seq
        AND date_diff('day', q.submitted_on, p.submitted_on) <= $window_days
    GROUP BY p.procurement_id, t.ground, t.tier_fen
    HAVING SUM(q.estimate_fen) >= t.tier_fen
),
highest AS (
    SELECT
        g.*,
        ROW_NUMBER() OVER (PARTITION BY g.procurement_id ORDER BY g.tier_fen DESC) AS place
    FROM together g
)
SELECT
    'procurement' AS finding_kind,
    p.procurement_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(p.submitted_on, '%Y-%m') AS period,
    p.submitted_on AS business_date,
    h.ground,
    p.title,
    h.peers,
    h.total_fen,
    CAST(h.tier_fen AS BIGINT) AS tier_fen,
    h.first_on,
    h.seller_count
FROM highest h
JOIN purchase p ON p.procurement_id = h.procurement_id
WHERE h.place = 1
