WITH judged AS (
    SELECT
        c.*,
        CAST(COALESCE(c.signed_date, c.approved_at, c.submitted_at, $as_of) AS DATE) AS judged_on,
        CASE
            WHEN c.land_use = 'farmland'
                AND c.end_date > c.start_date + INTERVAL ($farmland_years) YEAR THEN 'term'
            WHEN c.land_use = 'forest'
                AND c.end_date > c.start_date + INTERVAL ($forest_years) YEAR THEN 'term'
            WHEN c.holder_kind <> 'outsider' THEN NULL
            WHEN c.signed_date IS NOT NULL AND c.approved_at IS NULL THEN 'town'
            WHEN c.approved_at IS NULL THEN NULL
            WHEN d.decision_id IS NULL THEN 'vote'
            WHEN NOT c.has_credit_check THEN 'credit'
        END AS ground
    FROM stg_land_contract c
    LEFT JOIN stg_decision d ON d.decision_id = c.decision_id
        AND d.status = 'passed'
        AND list_contains($deciding_bodies, d.deciding_body)
        AND d.agree_count * 3 >= d.eligible_count * 2
    WHERE c.status <> 'ended'
)
SELECT
    'land_contract' AS finding_kind,
    j.land_contract_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.judged_on, '%Y-%m') AS period,
    j.judged_on AS business_date,
    j.ground,
    COALESCE(k.name, '本村农户') AS holder_name,
    j.parcel_id,
    j.start_date,
    j.end_date
FROM judged j
LEFT JOIN stg_counterparty k ON k.counterparty_id = j.counterparty_id
WHERE j.ground IS NOT NULL
