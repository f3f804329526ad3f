WITH behind AS (
    SELECT n.person_id AS payee_id, n.person_id FROM stg_person n
    UNION
    SELECT c.counterparty_id, c.person_id FROM stg_counterparty c
    UNION
    SELECT c.counterparty_id, c.legal_rep_person_id FROM stg_counterparty c
    UNION
    SELECT w.counterparty_id, w.person_id FROM stg_counterparty_owner w
),
near AS (
    -- Whose gain is also his: himself, and his declared kin.
    SELECT n.person_id, n.person_id AS near_id FROM stg_person n
    UNION
    SELECT k.person_id, k.relative_person_id FROM stg_kinship k
    UNION
    SELECT k.relative_person_id, k.person_id FROM stg_kinship k
),
paid AS (
    SELECT
        p.payment_id,
        p.village_id,
        p.org_id,
        p.handler_person_id AS giver_id,
        COALESCE(p.payee_counterparty_id, p.payee_person_id) AS payee_id,
        p.amount_fen,
        CAST(p.paid_at AS DATE) AS paid_on
    FROM stg_payment p
    WHERE p.status = 'paid'
        AND NOT list_contains($fixed_kinds, COALESCE(p.source_kind, ''))
),
handler AS (
    SELECT DISTINCT p.giver_id AS person_id, p.village_id
    FROM paid p
),
gift AS (
    -- One village's handler pays the people of another village's handler.
    SELECT DISTINCT p.*, h.person_id AS taker_id
    FROM paid p
    JOIN behind b ON b.payee_id = p.payee_id
    JOIN near n ON n.near_id = b.person_id
    JOIN handler h ON h.person_id = n.person_id
        AND h.village_id <> p.village_id
        AND h.person_id <> p.giver_id
),
summed AS (
    SELECT
        g.*,
        CAST(SUM(g.amount_fen) OVER (
            PARTITION BY g.giver_id, g.taker_id ORDER BY g.paid_on, g.payment_id
        ) AS BIGINT) AS sum_fen
    FROM gift g
),
favour AS (
    -- A favour stands from the payment that reaches the floor.
    SELECT
        s.*,
        s.giver_id || '>' || s.taker_id AS edge,
        ROW_NUMBER() OVER (
            PARTITION BY s.giver_id, s.taker_id ORDER BY s.paid_on, s.payment_id
        ) AS turn
    FROM summed s
    WHERE s.sum_fen >= $floor_fen
),
tie AS (
    SELECT f.* FROM favour f WHERE f.turn = 1
),
ring AS (
    SELECT a.edge || ' ' || b.edge AS ring_id, a.edge AS one, b.edge AS two, b.edge AS three
    FROM tie a
    JOIN tie b ON b.giver_id = a.taker_id AND b.taker_id = a.giver_id
    UNION ALL
    SELECT a.edge || ' ' || b.edge || ' ' || c.edge, a.edge, b.edge, c.edge
    FROM tie a
    JOIN tie b ON b.giver_id = a.taker_id
    JOIN tie c ON c.giver_id = b.taker_id AND c.taker_id = a.giver_id
),
step AS (
    SELECT
        r.ring_id,
        t.*,
        ROW_NUMBER() OVER (
            PARTITION BY r.ring_id ORDER BY t.paid_on DESC, t.payment_id DESC
        ) AS place
    FROM ring r
    JOIN tie t ON t.edge IN (r.one, r.two, r.three)
),
judged AS (
    SELECT
        s.ring_id,
        MAX(CASE WHEN s.place = 1 THEN s.payment_id END) AS payment_id,
        COUNT(*) AS people,
        CAST(SUM(s.sum_fen) AS BIGINT) AS sum_fen,
        array_to_string(list_sort(array_agg(
            s.giver_id || '|' || s.taker_id || '|' || s.payee_id || '|'
                || CAST(s.sum_fen AS VARCHAR)
        )), ';') AS series
    FROM step s
    GROUP BY s.ring_id
),
told AS (
    -- A payment that closes several rings tells of the shortest.
    SELECT
        j.*,
        ROW_NUMBER() OVER (PARTITION BY j.payment_id ORDER BY j.people, j.ring_id) AS turn
    FROM judged j
)
SELECT
    'payment' AS finding_kind,
    t.payment_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(p.paid_on, '%Y-%m') AS period,
    p.paid_on AS business_date,
    t.people,
    t.sum_fen,
    t.series
FROM told t
JOIN paid p ON p.payment_id = t.payment_id
WHERE t.turn = 1
