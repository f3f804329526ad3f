WITH entry AS (
    SELECT
        b.bid_id,
        b.tender_id,
        b.counterparty_id,
        b.mac,
        CAST(b.submitted_at AS DATE) AS sent_on,
        t.village_id,
        t.org_id,
        t.title
    FROM stg_bid b
    JOIN stg_tender t ON t.tender_id = b.tender_id
    WHERE NOT list_contains($known_devices, b.mac)
),
bidder AS (
    -- Who sent bids from a device, by the first time.
    SELECT
        e.*,
        ROW_NUMBER() OVER (PARTITION BY e.mac ORDER BY e.sent_on, e.bid_id) AS place
    FROM entry e
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY e.mac, e.counterparty_id ORDER BY e.sent_on, e.bid_id
    ) = 1
),
behind AS (
    SELECT c.counterparty_id, c.person_id FROM stg_counterparty c
    UNION
    SELECT c.counterparty_id, c.legal_rep_person_id FROM stg_counterparty c
    UNION
    SELECT w.counterparty_id, w.person_id FROM stg_counterparty_owner w
),
near AS (
    SELECT a.person_id, a.person_id AS near_id FROM behind a
    UNION
    SELECT n.person_id, m.person_id
    FROM stg_person n
    JOIN stg_person m ON m.household_id = n.household_id
    UNION
    SELECT k.person_id, k.relative_person_id FROM stg_kinship k
    UNION
    SELECT k.relative_person_id, k.person_id FROM stg_kinship k
),
stranger AS (
    -- In one and the same tender this is a rule's matter; here bids lie in several.
    SELECT
        f.mac,
        f.bid_id,
        f.place,
        ROW_NUMBER() OVER (PARTITION BY f.mac ORDER BY f.place) AS turn
    FROM bidder f
    JOIN bidder g ON g.mac = f.mac AND g.place < f.place
    WHERE NOT EXISTS (
            SELECT 1
            FROM bidder e
            JOIN behind a ON a.counterparty_id = e.counterparty_id
            JOIN near n ON n.person_id = a.person_id
            JOIN behind b ON b.person_id = n.near_id
            WHERE e.mac = f.mac
                AND e.place < f.place
                AND b.counterparty_id = f.counterparty_id
        )
    GROUP BY f.mac, f.bid_id, f.place, f.tender_id
    HAVING MAX(CASE WHEN g.tender_id = f.tender_id THEN 1 ELSE 0 END) = 0
),
shared AS (
    -- Who is alone on a device is not looked at twice.
    SELECT a.device_hash
    FROM stg_approval a
    WHERE NOT list_contains($known_devices, a.device_hash)
    GROUP BY a.device_hash
    HAVING MIN(a.actor_person_id) <> MAX(a.actor_person_id) OR $officers < 2
),
act AS (
    SELECT
        a.approval_id,
        a.actor_person_id,
        a.device_hash,
        CAST(a.acted_at AS DATE) AS acted_on,
        c.village_id,
        c.org_id,
        c.title
    FROM stg_approval a
    JOIN shared s ON s.device_hash = a.device_hash
    JOIN stg_case c ON c.case_id = a.subject_id
    WHERE a.action = 'approve'
),
officer AS (
    -- Who approved from a device, by the first time.
    SELECT a.*
    FROM act a
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY a.device_hash, a.actor_person_id ORDER BY a.acted_on, a.approval_id
    ) = 1
),
turn AS (
    SELECT
        o.*,
        ROW_NUMBER() OVER (PARTITION BY o.device_hash ORDER BY o.acted_on, o.approval_id) AS place
    FROM officer o
)
SELECT
    'tender' AS finding_kind,
    f.tender_id AS finding_id,
    MIN(f.village_id) AS village_id,
    MIN(f.org_id) AS org_id,
    strftime(MIN(f.sent_on), '%Y-%m') AS period,
    MIN(f.sent_on) AS business_date,
    'bids' AS ground,
    MIN(f.title) AS title,
    MIN(c.name) AS supplier_name,
    NULL AS person_name,
    COUNT(*) AS parties,
    COUNT(DISTINCT g.tender_id) AS tenders,
    COUNT(DISTINCT g.village_id) AS villages,
    array_to_string(list_sort(array_agg(
        strftime(g.sent_on, '%Y-%m-%d') || '|C|' || g.counterparty_id
    )), ';') AS series
FROM stranger s
JOIN bidder f ON f.bid_id = s.bid_id
JOIN bidder g ON g.mac = s.mac AND g.place <= s.place
LEFT JOIN stg_counterparty c ON c.counterparty_id = f.counterparty_id
WHERE s.turn = $strangers
GROUP BY f.tender_id, f.bid_id
UNION ALL
SELECT
    'approval' AS finding_kind,
    t.approval_id AS finding_id,
    MIN(t.village_id) AS village_id,
    MIN(t.org_id) AS org_id,
    strftime(MIN(t.acted_on), '%Y-%m') AS period,
    MIN(t.acted_on) AS business_date,
    'approvals' AS ground,
    MIN(t.title) AS title,
    NULL AS supplier_name,
    MIN(n.name) AS person_name,
    COUNT(*) AS parties,
    0 AS tenders,
    COUNT(DISTINCT g.village_id) AS villages,
    array_to_string(list_sort(array_agg(
        strftime(g.acted_on, '%Y-%m-%d') || '|P|' || g.actor_person_id
    )), ';') AS series
FROM turn t
JOIN turn g ON g.device_hash = t.device_hash AND g.place <= t.place
LEFT JOIN stg_person n ON n.person_id = t.actor_person_id
WHERE t.place = $officers
GROUP BY t.approval_id
