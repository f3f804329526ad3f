WITH built AS (
    SELECT
        w.works_id,
        w.village_id,
        w.org_id,
        w.name,
        w.estimate_fen,
        w.decision_id,
        c.contract_id,
        c.amount_fen AS contract_fen,
        c.sign_date,
        COALESCE(c.sign_date, CAST(w.approved_at AS DATE)) AS on_day,
        d.status AS decided,
        CAST(d.passed_at AS DATE) AS passed_on,
        d.amount_fen AS decided_fen
    FROM stg_works w
    LEFT JOIN stg_contract c ON c.contract_id = w.contract_id
    LEFT JOIN stg_decision d ON d.decision_id = w.decision_id
    WHERE w.estimate_fen >= $decision_floor
        -- In an emergency the meeting comes afterwards, and what it decides is the acceptance.
        AND NOT w.is_emergency
        AND w.approved_at IS NOT NULL
        AND w.status <> 'ended'
),
judged AS (
    SELECT
        b.*,
        CASE
            WHEN b.decision_id IS NULL THEN 'none'
            WHEN COALESCE(b.decided <> 'passed', TRUE) THEN 'not_passed'
            WHEN b.passed_on > b.sign_date THEN 'late'
            WHEN b.contract_fen > b.decided_fen THEN 'over'
        END AS ground
    FROM built b
)
SELECT
    'works' AS finding_kind,
    j.works_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.on_day, '%Y-%m') AS period,
    j.on_day AS business_date,
    j.ground,
    j.name,
    j.estimate_fen,
    j.sign_date AS signed_on,
    j.passed_on,
    j.contract_fen,
    j.decided_fen
FROM judged j
WHERE j.ground IS NOT NULL
