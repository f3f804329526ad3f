WITH held AS (
    SELECT
        t.tender_id,
        t.village_id,
        t.org_id,
        SUBSTR(t.village_id, 1, 9) AS town,
        CAST(t.bid_deadline_at AS DATE) AS bid_on
    FROM stg_tender t
    WHERE t.status IN ('publicised', 'awarded')
        AND t.subject_kind = 'works'
        AND CAST(t.bid_deadline_at AS DATE) >= CAST($as_of AS DATE) - CAST($look_back_days AS INTEGER)
),
entry AS (
    SELECT h.*, b.counterparty_id, b.is_winner
    FROM held h
    JOIN stg_bid b ON b.tender_id = h.tender_id
),
trio AS (
    -- Three firms that were in one tender, and which of them won it, if any.
    SELECT
        a.town,
        a.tender_id,
        a.village_id,
        a.org_id,
        a.bid_on,
        a.counterparty_id AS first_id,
        b.counterparty_id AS second_id,
        c.counterparty_id AS third_id,
        CASE WHEN a.is_winner THEN 1 ELSE 0 END AS first_won,
        CASE WHEN b.is_winner THEN 1 ELSE 0 END AS second_won,
        CASE WHEN c.is_winner THEN 1 ELSE 0 END AS third_won
    FROM entry a
    JOIN entry b ON b.tender_id = a.tender_id AND b.counterparty_id > a.counterparty_id
    JOIN entry c ON c.tender_id = a.tender_id AND c.counterparty_id > b.counterparty_id
),
ring AS (
    SELECT
        t.town,
        t.first_id,
        t.second_id,
        t.third_id,
        COUNT(*) AS together_count,
        SUM(t.first_won) AS first_count,
        SUM(t.second_won) AS second_count,
        SUM(t.third_won) AS third_count,
        MAX(t.village_id) AS village_id,
        MAX(t.org_id) AS org_id,
        MAX(t.bid_on) AS last_on
    FROM trio t
    GROUP BY t.town, t.first_id, t.second_id, t.third_id
),
turned AS (
    -- All that they were in together one of them won, and none of them won too much.
    SELECT
        r.*,
        ROW_NUMBER() OVER (
            PARTITION BY r.first_id ORDER BY r.together_count DESC, r.second_id, r.third_id
        ) AS place
    FROM ring r
    WHERE r.together_count >= $min_co
        AND r.first_count + r.second_count + r.third_count = r.together_count
        AND GREATEST(r.first_count, r.second_count, r.third_count) * 100
            <= r.together_count * $max_share
),
village_firm AS (
    SELECT
        e.village_id,
        e.counterparty_id,
        MAX(e.org_id) AS org_id,
        MAX(e.bid_on) AS last_on,
        SUM(CASE WHEN e.is_winner THEN 1 ELSE 0 END) AS won_count
    FROM entry e
    GROUP BY e.village_id, e.counterparty_id
),
village_all AS (
    SELECT h.village_id, COUNT(*) AS tender_count
    FROM held h
    GROUP BY h.village_id
)
SELECT
    'counterparty' AS finding_kind,
    t.first_id AS finding_id,
    t.village_id,
    t.org_id,
    strftime(t.last_on, '%Y-%m') AS period,
    t.last_on AS business_date,
    'ring' AS ground,
    f.name AS first_name,
    s.name AS second_name,
    h.name AS third_name,
    t.together_count,
    t.first_count AS won_count
FROM turned t
LEFT JOIN stg_counterparty f ON f.counterparty_id = t.first_id
LEFT JOIN stg_counterparty s ON s.counterparty_id = t.second_id
LEFT JOIN stg_counterparty h ON h.counterparty_id = t.third_id
WHERE t.place = 1
UNION ALL
SELECT
    'village' AS finding_kind,
    v.village_id AS finding_id,
    v.village_id,
    v.org_id,
    strftime(v.last_on, '%Y-%m') AS period,
    v.last_on AS business_date,
    'most' AS ground,
    f.name AS first_name,
    NULL AS second_name,
    NULL AS third_name,
    a.tender_count AS together_count,
    v.won_count
FROM village_firm v
JOIN village_all a ON a.village_id = v.village_id
LEFT JOIN stg_counterparty f ON f.counterparty_id = v.counterparty_id
WHERE a.tender_count >= $min_co AND v.won_count * 100 > a.tender_count * $win_share
