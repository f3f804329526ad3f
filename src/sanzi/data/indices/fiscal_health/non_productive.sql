SELECT
    p.village_id,
    'payment' AS row_kind,
    p.payment_id AS row_id,
    p.amount_fen AS part,
    0 AS whole
FROM stg_payment p
WHERE p.status = 'paid'
    AND CAST(p.paid_at AS DATE) >= $since
    AND p.paid_at <= $as_of
    AND EXISTS (
        SELECT 1
        FROM stg_budget b
        JOIN stg_budget_item i ON i.budget_id = b.budget_id
        WHERE b.org_id = p.org_id
            AND b.status = 'approved'
            AND b.year = EXTRACT(year FROM p.paid_at)
            AND i.is_nonproductive
            AND i.subject_code = p.subject_code
    )
UNION ALL
SELECT
    r.village_id,
    r.row_kind,
    r.row_id,
    0 AS part,
    r.part AS whole
FROM income_spending r
WHERE r.key = 'income.operating'
    AND r.month <= LEFT(CAST($as_of AS VARCHAR), 7)
    -- A place that has voted no such line has told nothing about it.
    AND EXISTS (
        SELECT 1
        FROM stg_budget b
        JOIN stg_budget_item i ON i.budget_id = b.budget_id
        WHERE b.village_id = r.village_id AND b.status = 'approved' AND i.is_nonproductive
    )
