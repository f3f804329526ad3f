WITH used AS (
    SELECT p.fund_code, SUM(p.amount_fen) AS spent_fen
    FROM stg_payment p
    WHERE p.fund_code IS NOT NULL AND p.status = 'paid' AND p.paid_at <= $as_of
    GROUP BY p.fund_code
)
SELECT
    COALESCE(o.village_id, o.division_code) AS village_id,
    'fund' AS row_kind,
    f.fund_code AS row_id,
    CASE
        WHEN f.use_by_date < CAST($as_of AS DATE)
            THEN CAST(GREATEST(f.amount_fen - COALESCE(u.spent_fen, 0), 0) AS BIGINT)
        ELSE 0
    END AS part,
    f.amount_fen AS whole
FROM stg_fund f
JOIN stg_org o ON o.org_id = f.org_id
LEFT JOIN used u ON u.fund_code = f.fund_code
WHERE f.received_at <= $as_of
    AND (f.use_by_date IS NULL OR f.use_by_date >= $since)
