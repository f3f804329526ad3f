WITH stamp AS (
    SELECT c.contract_id, u.stamped_at
    FROM stg_contract c
    JOIN stg_seal_use u ON u.seal_use_id = c.seal_use_id
    UNION ALL
    SELECT u.subject_id AS contract_id, u.stamped_at
    FROM stg_seal_use u
    WHERE u.subject_kind = 'contract'
),
stamped AS (
    SELECT s.contract_id, CAST(MIN(s.stamped_at) AS DATE) AS stamped_on
    FROM stamp s
    GROUP BY s.contract_id
),
judged AS (
    SELECT
        c.contract_id,
        c.village_id,
        c.org_id,
        c.title,
        c.sign_date,
        s.stamped_on,
        k.name AS party_name,
        k.registered_date,
        CASE
            WHEN date_diff('day', c.sign_date, s.stamped_on) > $days THEN 'seal'
            WHEN k.registered_date > c.sign_date THEN 'firm'
        END AS ground
    FROM stg_contract c
    LEFT JOIN stamped s ON s.contract_id = c.contract_id
    LEFT JOIN stg_counterparty k ON k.counterparty_id = c.counterparty_id
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
    j.stamped_on,
    j.party_name,
    j.registered_date
FROM judged j
WHERE j.ground IS NOT NULL
