WITH passed AS (
    SELECT t.*, CAST(t.passed_on_at AS DATE) AS passed_on
    FROM stg_transfer t
    WHERE date_diff('day', CAST(t.passed_on_at AS DATE), CAST($as_of AS DATE)) > $days
        AND t.village_id IS NOT NULL
),
came AS (
    -- What the village took in from above in the days after.
    SELECT p.allocation_id, r.amount_fen, a.is_registered
    FROM passed p
    JOIN stg_receipt r ON r.village_id = p.village_id
        AND CAST(r.issued_at AS DATE) >= p.passed_on
        AND date_diff('day', p.passed_on, CAST(r.issued_at AS DATE)) <= $days
    LEFT JOIN stg_account a ON a.account_id = r.account_id
    WHERE r.voided_at IS NULL AND list_contains($receipt_kinds, r.kind)
),
summed AS (
    SELECT
        p.allocation_id,
        p.passed_fen,
        CAST(COALESCE(SUM(c.amount_fen), 0) AS BIGINT) AS came_fen,
        MAX(CASE WHEN ABS(c.amount_fen - p.passed_fen) <= $tolerance_fen THEN 1 ELSE 0 END)
            AS is_matched,
        MAX(CASE WHEN NOT c.is_registered AND ABS(c.amount_fen - p.passed_fen) <= $tolerance_fen
            THEN 1 ELSE 0 END) AS is_elsewhere
    FROM passed p
    LEFT JOIN came c ON c.allocation_id = p.allocation_id
    GROUP BY p.allocation_id, p.passed_fen
),
judged AS (
    SELECT
        s.*,
        CASE
            WHEN s.is_elsewhere = 1 THEN 'account'
            WHEN s.is_matched = 0 AND ABS(s.came_fen - s.passed_fen) > $tolerance_fen
                THEN 'amount'
        END AS ground
    FROM summed s
)
SELECT
    'transfer' AS finding_kind,
    p.allocation_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(p.passed_on, '%Y-%m') AS period,
    p.passed_on AS business_date,
    j.ground,
    COALESCE(f.name, p.fund_code) AS fund_name,
    p.passed_fen,
    j.came_fen,
    p.passed_on AS passed_date
FROM judged j
JOIN passed p ON p.allocation_id = j.allocation_id
LEFT JOIN stg_fund f ON f.fund_code = p.fund_code
WHERE j.ground IS NOT NULL
