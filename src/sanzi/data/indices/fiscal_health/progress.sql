WITH line AS (
    SELECT b.org_id, b.budget_line_id, b.amount_fen
    FROM stg_budget_line b
    WHERE b.year = EXTRACT(year FROM $as_of)
        AND b.amount_fen > 0
),
paid AS (
    SELECT p.budget_line_id, SUM(p.amount_fen) AS paid_fen
    FROM stg_payment p
    WHERE p.status = 'paid' AND p.paid_at <= $as_of
    GROUP BY p.budget_line_id
),
body AS (
    SELECT
        l.org_id,
        CAST(SUM(l.amount_fen) AS BIGINT) AS voted_fen,
        CAST(SUM(COALESCE(p.paid_fen, 0)) AS BIGINT) AS paid_fen
    FROM line l
    LEFT JOIN paid p ON p.budget_line_id = l.budget_line_id
    GROUP BY l.org_id
)
SELECT
    o.village_id,
    'org' AS row_kind,
    b.org_id AS row_id,
    CAST(GREATEST(
        b.voted_fen - ABS(b.paid_fen - b.voted_fen * dayofyear(CAST($as_of AS DATE)) // 366), 0
    ) AS BIGINT) AS part,
    b.voted_fen AS whole
FROM body b
JOIN stg_org o ON o.org_id = b.org_id
