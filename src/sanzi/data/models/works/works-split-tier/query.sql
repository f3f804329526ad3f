WITH project AS (
    SELECT
        w.works_id,
        w.village_id,
        w.org_id,
        w.name,
        w.kind,
        w.place,
        w.lat_micro,
        w.lng_micro,
        w.estimate_fen,
        w.counterparty_id,
        w.is_emergency,
        CAST(w.applied_at AS DATE) AS applied_on,
        ROW_NUMBER() OVER (ORDER BY w.applied_at, w.works_id) AS seq
    FROM stg_works w
    WHERE w.status <> 'ended'
),
tier AS (
    SELECT $tier_1 AS tier_fen
    UNION ALL
    SELECT $tier_2 AS tier_fen
    UNION ALL
    SELECT $tier_3 AS tier_fen
    UNION ALL
    SELECT $tier_state AS tier_fen
),
beside AS (
    -- Earlier projects of the window and the project itself: near by, the same thing at the same
    -- place, or built by the same firm. A degree of latitude is 111.32 km.
    SELECT p.works_id, q.works_id AS other_id, q.estimate_fen, q.applied_on
    FROM project p
    JOIN project q ON q.village_id = p.village_id
        AND q.seq <= p.seq
        AND date_diff('day', q.applied_on, p.applied_on) <= $window_days
        AND (q.works_id = p.works_id
            OR q.counterparty_id = p.counterparty_id
            OR (q.kind = p.kind AND q.place = p.place)
            OR CAST((q.lat_micro - p.lat_micro) AS HUGEINT) * (q.lat_micro - p.lat_micro)
                    * 11132 * 11132 * 10000
                + CAST((q.lng_micro - p.lng_micro) AS HUGEINT) * (q.lng_micro - p.lng_micro)
                    * 11132 * 11132 * $lng_percent * $lng_percent
                <= CAST($radius_m AS HUGEINT) * $radius_m * 100000 * 100000 * 10000)
    WHERE NOT p.is_emergency
),
together AS (
    SELECT
        b.works_id,
        t.tier_fen,
        COUNT(*) AS peers,
        CAST(SUM(b.estimate_fen) AS BIGINT) AS total_fen,
        MIN(b.applied_on) AS first_on
    FROM beside b
    JOIN project p ON p.works_id = b.works_id
    JOIN tier t ON t.tier_fen > b.estimate_fen AND t.tier_fen > p.estimate_fen
    GROUP BY b.works_id, t.tier_fen
    HAVING SUM(b.estimate_fen) >= t.tier_fen
),
highest AS (
    SELECT
        g.*,
        ROW_NUMBER() OVER (PARTITION BY g.works_id ORDER BY g.tier_fen DESC) AS place
    FROM together g
)
SELECT
    'works' AS finding_kind,
    p.works_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(p.applied_on, '%Y-%m') AS period,
    p.applied_on AS business_date,
    p.name,
    h.peers,
    h.total_fen,
    CAST(h.tier_fen AS BIGINT) AS tier_fen,
    h.first_on
FROM highest h
JOIN project p ON p.works_id = h.works_id
WHERE h.place = 1
