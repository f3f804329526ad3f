SELECT
    'bid' AS finding_kind,
    b.bid_id AS finding_id,
    t.village_id,
    t.org_id,
    strftime(COALESCE(t.bid_deadline_at, b.submitted_at), '%Y-%m') AS period,
    CAST(COALESCE(t.bid_deadline_at, b.submitted_at) AS DATE) AS business_date,
    CASE WHEN b.is_winner THEN 'winner' ELSE 'bidder' END AS ground,
    t.title,
    c.name AS firm_name,
    c.blacklist_until_date AS until_on
FROM stg_bid b
JOIN stg_tender t ON t.tender_id = b.tender_id
JOIN stg_counterparty c ON c.counterparty_id = b.counterparty_id
WHERE t.status <> 'failed'
    AND c.is_blacklisted
    AND COALESCE(c.blacklist_until_date, CAST($as_of AS DATE))
        >= CAST(COALESCE(t.bid_deadline_at, b.submitted_at) AS DATE)
