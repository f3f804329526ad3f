WITH mark AS (
    SELECT c.counterparty_id AS who_id, NULLIF(c.phone_hash, '') AS mark FROM stg_counterparty c
    UNION
    SELECT c.counterparty_id, NULLIF(c.address_norm, '') FROM stg_counterparty c
),
crowd AS (
    -- Few share the mark: a market has one address.
    SELECT m.mark, COUNT(*) AS firms
    FROM mark m
    GROUP BY m.mark
    HAVING COUNT(*) <= $crowd_max
),
shared AS (
    SELECT c.mark FROM crowd c WHERE c.firms > 1
    UNION
    SELECT n.phone_hash FROM stg_person n JOIN crowd c ON c.mark = n.phone_hash
),
firm AS (
    -- What a firm can be reached by, and another too.
    SELECT c.counterparty_id, c.name, p.mark AS phone, a.mark AS address
    FROM stg_counterparty c
    LEFT JOIN shared p ON p.mark = c.phone_hash
    LEFT JOIN shared a ON a.mark = c.address_norm
    WHERE COALESCE(p.mark, a.mark) IS NOT NULL
),
paid AS (
    SELECT
        p.payment_id,
        p.village_id,
        p.org_id,
        p.payee_counterparty_id AS who_id,
        c.name AS who_name,
        c.phone,
        c.address,
        p.amount_fen,
        CAST(p.paid_at AS DATE) AS paid_on,
        ROW_NUMBER() OVER (
            PARTITION BY p.village_id, p.payee_counterparty_id ORDER BY p.paid_at, p.payment_id
        ) AS turn
    FROM stg_payment p
    JOIN firm c ON c.counterparty_id = p.payee_counterparty_id
    WHERE p.status = 'paid'
),
supplier AS (
    -- The suppliers of a village by their first payment.
    SELECT p.*
    FROM paid p
    WHERE p.turn = 1
),
pair AS (
    SELECT
        f.payment_id,
        g.who_id AS other_id,
        g.who_name AS other_name,
        'C' AS other_kind,
        'phone' AS ground,
        f.phone AS mark
    FROM supplier f
    JOIN supplier g ON g.village_id = f.village_id
        AND g.phone = f.phone
        AND (g.paid_on, g.payment_id) < (f.paid_on, f.payment_id)
    UNION ALL
    SELECT f.payment_id, g.who_id, g.who_name, 'C', 'address', f.address
    FROM supplier f
    JOIN supplier g ON g.village_id = f.village_id
        AND g.address = f.address
        AND (g.paid_on, g.payment_id) < (f.paid_on, f.payment_id)
    UNION ALL
    SELECT f.payment_id, t.person_id, n.name, 'P', 'officer', f.phone
    FROM supplier f
    JOIN stg_org o ON o.village_id = f.village_id
    JOIN stg_appointment t ON t.org_id = o.org_id
        AND t.start_date <= f.paid_on
        AND COALESCE(t.end_date, f.paid_on) >= f.paid_on
    JOIN stg_person n ON n.person_id = t.person_id AND n.phone_hash = f.phone
),
behind AS (
    SELECT n.person_id AS who_id, n.person_id FROM stg_person n
    UNION
    SELECT c.counterparty_id, c.person_id FROM stg_counterparty c
    UNION
    SELECT c.counterparty_id, c.legal_rep_person_id FROM stg_counterparty c
    UNION
    SELECT w.counterparty_id, w.person_id FROM stg_counterparty_owner w
),
near AS (
    SELECT n.person_id, n.person_id AS near_id FROM stg_person n
    UNION
    SELECT n.person_id, m.person_id
    FROM stg_person n
    JOIN stg_person m ON m.household_id = n.household_id
    UNION
    SELECT k.person_id, k.relative_person_id FROM stg_kinship k
    UNION
    SELECT k.relative_person_id, k.person_id FROM stg_kinship k
),
tied AS (
    SELECT DISTINCT p.payment_id, p.other_id
    FROM pair p
    JOIN supplier f ON f.payment_id = p.payment_id
    JOIN behind a ON a.who_id = f.who_id
    JOIN near n ON n.person_id = a.person_id
    JOIN behind b ON b.person_id = n.near_id AND b.who_id = p.other_id
),
stranger AS (
    -- Nothing on record ties the two.
    SELECT
        f.*,
        p.other_id,
        p.other_name,
        p.other_kind,
        p.ground,
        ROW_NUMBER() OVER (
            PARTITION BY f.payment_id ORDER BY p.ground DESC, p.other_id
        ) AS place
    FROM pair p
    JOIN supplier f ON f.payment_id = p.payment_id
    WHERE f.amount_fen >= $floor_fen
        AND NOT EXISTS (
            SELECT 1 FROM tied t WHERE t.payment_id = p.payment_id AND t.other_id = p.other_id
        )
)
SELECT
    'payment' AS finding_kind,
    s.payment_id AS finding_id,
    s.village_id,
    s.org_id,
    strftime(s.paid_on, '%Y-%m') AS period,
    s.paid_on AS business_date,
    s.ground,
    s.who_name,
    s.other_name,
    s.amount_fen,
    '|C|' || s.who_id || ';|' || s.other_kind || '|' || s.other_id AS series
FROM stranger s
WHERE s.place = 1
