WITH offer AS (
    SELECT q.procurement_id, q.counterparty_id
    FROM stg_quote q
    UNION
    SELECT p.procurement_id, b.counterparty_id
    FROM stg_procurement p
    JOIN stg_bid b ON b.tender_id = p.tender_id
    WHERE COALESCE(b.is_valid, TRUE)
),
counted AS (
    SELECT
        p.procurement_id,
        p.village_id,
        p.org_id,
        p.title,
        p.estimate_fen,
        CAST(p.ordered_at AS DATE) AS ordered_on,
        COUNT(o.counterparty_id) AS quote_count
    FROM stg_procurement p
    LEFT JOIN offer o ON o.procurement_id = p.procurement_id
    WHERE p.method IN ('inquiry', 'quote')
        AND p.estimate_fen >= $quote_floor
        AND p.ordered_at IS NOT NULL
    GROUP BY p.procurement_id, p.village_id, p.org_id, p.title, p.estimate_fen, p.ordered_at
)
SELECT
    'procurement' AS finding_kind,
    c.procurement_id AS finding_id,
    c.village_id,
    c.org_id,
    strftime(c.ordered_on, '%Y-%m') AS period,
    c.ordered_on AS business_date,
    c.title,
    c.estimate_fen,
    c.quote_count
FROM counted c
WHERE c.quote_count < $min_quotes
