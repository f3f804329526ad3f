WITH paid AS (
    SELECT p.budget_line_id, SUM(p.amount_fen) AS paid_fen
    FROM stg_payment p
    WHERE p.status = 'paid' AND p.paid_at <= $as_of
    GROUP BY p.budget_line_id
)
SELECT
    o.village_id,
    'budget_line' AS row_kind,
    b.budget_line_id AS row_id,
    CASE WHEN p.paid_fen > b.amount_fen THEN 1 ELSE 0 END AS part,
    1 AS whole
FROM stg_budget_line b
JOIN stg_org o ON o.org_id = b.org_id
LEFT JOIN paid p ON p.budget_line_id = b.budget_line_id
WHERE b.year = EXTRACT(year FROM $as_of)
