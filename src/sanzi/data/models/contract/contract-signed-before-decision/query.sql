WITH judged AS (
    SELECT
        c.contract_id,
        c.village_id,
        c.org_id,
        c.title,
        c.sign_date,
        c.amount_fen,
        d.amount_fen AS decided_fen,
        CAST(d.passed_at AS DATE) AS passed_on,
        CASE
            WHEN d.status <> 'passed' OR d.passed_at IS NULL THEN 'not_passed'
            WHEN c.sign_date < CAST(d.passed_at AS DATE) THEN 'early'
            WHEN CAST(c.amount_fen AS HUGEINT) * 100
                > CAST(d.amount_fen AS HUGEINT) * (100 + $amount_tolerance) THEN 'over'
        END AS ground
    FROM stg_contract c
    JOIN stg_decision d ON d.decision_id = c.decision_id
    WHERE c.sign_date IS NOT NULL AND c.status <> 'revoked'
)
SELECT
    'contract' AS finding_kind,
    j.contract_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.sign_date, '%Y-%m') AS period,
    j.sign_date AS business_date,
    j.ground,
    j.title,
    j.sign_date AS signed_on,
    j.passed_on,
    j.amount_fen,
    j.decided_fen
FROM judged j
WHERE j.ground IS NOT NULL
