WITH asked AS (
    SELECT
        u.seal_use_id,
        u.village_id,
        s.org_id,
        s.title AS seal,
        c.title AS contract_title,
        c.kind AS contract_kind,
        COALESCE(c.amount_fen, c.period_fen) AS amount_fen,
        COALESCE(NULLIF(u.decision_id, ''), NULLIF(c.decision_id, '')) AS decision_id,
        COALESCE(u.approved_at, $as_of) AS due_at,
        COALESCE(u.requested_at, u.stamped_at, $as_of) AS asked_at,
        date_diff('day', c.start_date, c.end_date) AS term_days
    FROM stg_seal_use u
    JOIN stg_seal s ON s.seal_id = u.seal_id
    JOIN stg_contract c ON c.contract_id = u.subject_id
    WHERE u.subject_kind = 'contract'
        AND u.status <> 'ended'
),
needed AS (
    SELECT a.*
    FROM asked a
    WHERE list_contains($always_kinds, a.contract_kind)
        OR (a.contract_kind = 'lease' AND (a.amount_fen >= $lease_from OR a.term_days > $lease_days))
        OR (a.contract_kind = 'works' AND a.amount_fen >= $works_from)
        OR (a.contract_kind = 'procurement' AND a.amount_fen >= $procurement_from)
        OR (a.contract_kind = 'labour' AND a.amount_fen >= $labour_from)
),
judged AS (
    SELECT
        n.*,
        CASE
            WHEN n.decision_id IS NULL THEN 'none'
            WHEN d.decision_id IS NULL OR d.status <> 'passed' THEN 'failed'
            WHEN d.passed_at > n.due_at THEN 'late'
        END AS ground,
        CAST(d.passed_at AS DATE) AS passed_on
    FROM needed n
    LEFT JOIN stg_decision d ON d.decision_id = n.decision_id
)
SELECT
    'seal_use' AS finding_kind,
    j.seal_use_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.asked_at, '%Y-%m') AS period,
    CAST(j.asked_at AS DATE) AS business_date,
    j.ground,
    j.seal,
    j.contract_title,
    j.amount_fen,
    j.passed_on
FROM judged j
WHERE j.ground IS NOT NULL
