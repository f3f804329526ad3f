WITH pair AS (
    SELECT
        a.tender_id,
        a.counterparty_id AS first_id,
        b.counterparty_id AS second_id,
        CASE
            WHEN a.mac = b.mac AND a.mac <> '' AND NOT list_contains($whitelist, a.mac)
                THEN 'device'
            WHEN a.ip = b.ip AND a.ip <> '' AND NOT list_contains($whitelist, a.ip)
                THEN 'address'
            WHEN a.doc_author = b.doc_author AND a.doc_author <> '' THEN 'author'
            WHEN a.doc_software_id = b.doc_software_id AND a.doc_software_id <> '' THEN 'software'
            WHEN a.doc_hash = b.doc_hash AND a.doc_hash <> '' THEN 'paper'
        END AS ground,
        date_diff('minute', a.submitted_at, b.submitted_at) AS gap_minutes
    FROM stg_bid a
    JOIN stg_bid b ON b.tender_id = a.tender_id AND b.counterparty_id <> a.counterparty_id
        AND (a.submitted_at < b.submitted_at
            OR (a.submitted_at = b.submitted_at AND a.bid_id < b.bid_id))
),
ranked AS (
    SELECT
        p.*,
        ROW_NUMBER() OVER (
            PARTITION BY p.tender_id ORDER BY p.gap_minutes, p.first_id, p.second_id
        ) AS place,
        COUNT(*) OVER (PARTITION BY p.tender_id) AS pair_count
    FROM pair p
    WHERE p.ground IS NOT NULL
)
SELECT
    'tender' AS finding_kind,
    t.tender_id AS finding_id,
    t.village_id,
    t.org_id,
    strftime(COALESCE(t.bid_deadline_at, $as_of), '%Y-%m') AS period,
    CAST(COALESCE(t.bid_deadline_at, $as_of) AS DATE) AS business_date,
    r.ground,
    t.title,
    f.name AS first_name,
    s.name AS second_name,
    r.gap_minutes,
    r.pair_count
FROM ranked r
JOIN stg_tender t ON t.tender_id = r.tender_id
LEFT JOIN stg_counterparty f ON f.counterparty_id = r.first_id
LEFT JOIN stg_counterparty s ON s.counterparty_id = r.second_id
WHERE r.place = 1
