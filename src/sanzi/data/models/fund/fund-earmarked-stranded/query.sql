WITH used AS (
    SELECT p.fund_code, SUM(p.amount_fen) AS spent_fen
    FROM stg_payment p
    WHERE p.fund_code IS NOT NULL AND p.status = 'paid'
    GROUP BY p.fund_code
),
judged AS (
    SELECT
        f.fund_code,
        f.org_id,
        f.name AS fund_name,
        f.amount_fen,
        CAST(COALESCE(u.spent_fen, 0) AS BIGINT) AS spent_fen,
        COALESCE(CAST(f.received_at AS DATE), f.use_by_date) AS counted_on,
        CASE
            WHEN f.use_by_date < CAST($as_of AS DATE)
                AND COALESCE(u.spent_fen, 0) < f.amount_fen THEN 'expired'
            WHEN CAST(f.received_at AS DATE) + CAST($days AS INTEGER) < CAST($as_of AS DATE)
                AND COALESCE(u.spent_fen, 0) * 100 < f.amount_fen * $share THEN 'slow'
        END AS ground
    FROM stg_fund f
    LEFT JOIN used u ON u.fund_code = f.fund_code
)
SELECT
    'fund' AS finding_kind,
    j.fund_code AS finding_id,
    o.village_id,
    j.org_id,
    strftime(j.counted_on, '%Y-%m') AS period,
    j.counted_on AS business_date,
    j.ground,
    j.fund_name,
    j.amount_fen,
    j.spent_fen,
    j.amount_fen - j.spent_fen AS left_fen
FROM judged j
JOIN stg_org o ON o.org_id = j.org_id
WHERE j.ground IS NOT NULL AND o.level = 'village'
