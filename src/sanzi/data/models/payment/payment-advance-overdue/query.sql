WITH open AS (
    SELECT
        a.*,
        a.amount_fen - a.cleared_fen AS left_fen,
        CASE
            WHEN a.kind = 'borrow'
                THEN LEAST(a.due_date, CAST(a.issued_at AS DATE) + CAST($borrow_days AS INTEGER))
            WHEN a.kind = 'prepay'
                THEN LEAST(a.due_date, CAST(a.issued_at AS DATE) + CAST($prepay_days AS INTEGER))
            ELSE a.due_date
        END AS until_date
    FROM stg_advance a
    WHERE a.status = 'out' AND a.amount_fen > a.cleared_fen
),
late AS (
    SELECT * FROM open o WHERE o.until_date < CAST($as_of AS DATE)
),
asked AS (
    SELECT a.*
    FROM stg_advance a
    WHERE a.status IN ('asked', 'approved')
),
again AS (
    SELECT a.advance_id, MIN(l.until_date) AS until_date, SUM(l.left_fen) AS left_fen
    FROM asked a
    JOIN late l ON l.org_id = a.org_id
        AND (l.person_id = a.person_id OR l.counterparty_id = a.counterparty_id)
    GROUP BY a.advance_id
),
judged AS (
    SELECT l.advance_id, 'overdue' AS ground, l.until_date, l.left_fen
    FROM late l
    UNION ALL
    SELECT g.advance_id, 'again' AS ground, g.until_date, g.left_fen
    FROM again g
    UNION ALL
    SELECT a.advance_id, 'cap' AS ground, a.due_date AS until_date, a.amount_fen AS left_fen
    FROM asked a
    WHERE a.kind = 'reserve'
        AND a.amount_fen > $reserve_cap_fen
        AND NOT EXISTS (SELECT 1 FROM again g WHERE g.advance_id = a.advance_id)
)
SELECT
    'advance' AS finding_kind,
    a.advance_id AS finding_id,
    a.village_id,
    a.org_id,
    strftime(j.until_date, '%Y-%m') AS period,
    LEAST(j.until_date, CAST($as_of AS DATE)) AS business_date,
    j.ground,
    COALESCE(n.name, c.name) AS holder_name,
    j.until_date,
    CAST(j.left_fen AS BIGINT) AS left_fen
FROM judged j
JOIN stg_advance a ON a.advance_id = j.advance_id
LEFT JOIN stg_person n ON n.person_id = a.person_id
LEFT JOIN stg_counterparty c ON c.counterparty_id = a.counterparty_id
