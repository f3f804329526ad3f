WITH judged AS (
    SELECT
        a.*,
        p.name AS program_name,
        p.unit,
        p.cap_qty_milli,
        CAST(a.quantity_milli AS HUGEINT) * p.rate_fen AS due_milli,
        CASE
            WHEN ABS(CAST(a.amount_fen AS HUGEINT) * 1000
                    - CAST(a.quantity_milli AS HUGEINT) * p.rate_fen)
                > CAST($rounding_fen AS BIGINT) * 1000 THEN 'rate'
            WHEN a.quantity_milli > p.cap_qty_milli THEN 'cap'
        END AS ground
    FROM stg_award a
    JOIN stg_program p ON p.program_id = a.program_id
    WHERE a.status <> 'removed'
)
SELECT
    'award' AS finding_kind,
    j.award_id AS finding_id,
    j.village_id,
    j.org_id,
    SUBSTR(j.period || '-01', 1, 7) AS period,
    CAST(COALESCE(j.approved_at, j.paid_at, $as_of) AS DATE) AS business_date,
    j.ground,
    n.name AS person_name,
    j.program_name,
    j.unit,
    CAST(CAST(j.quantity_milli * 0.001 AS DECIMAL(18, 2)) AS VARCHAR) AS quantity,
    CAST(CAST(j.cap_qty_milli * 0.001 AS DECIMAL(18, 2)) AS VARCHAR) AS cap,
    j.amount_fen,
    CAST(ROUND(CAST(j.due_milli AS DECIMAL(38, 0)) * 0.001) AS BIGINT) AS due_fen
FROM judged j
LEFT JOIN stg_person n ON n.person_id = j.person_id
WHERE j.ground IS NOT NULL
