WITH counted AS (
    SELECT t.tender_id, COUNT(b.bid_id) AS valid_count
    FROM stg_tender t
    LEFT JOIN stg_bid b ON b.tender_id = t.tender_id AND b.is_valid
    GROUP BY t.tender_id
)
SELECT
    'tender' AS finding_kind,
    t.tender_id AS finding_id,
    t.village_id,
    t.org_id,
    strftime(COALESCE(t.opened_at, t.bid_deadline_at, $as_of), '%Y-%m') AS period,
    CAST(COALESCE(t.opened_at, t.bid_deadline_at, $as_of) AS DATE) AS business_date,
    t.title,
    c.valid_count
FROM stg_tender t
JOIN counted c ON c.tender_id = t.tender_id
WHERE t.status IN ('publicised', 'awarded')
    AND list_contains($methods, t.method)
    AND c.valid_count < $min_bidders
