WITH used AS (
    -- What has followed a decision: a contract, works, a payment, a step that carries it out.
    SELECT c.decision_id FROM stg_contract c WHERE c.status <> 'revoked'
    UNION
    SELECT w.decision_id FROM stg_works w
    UNION
    SELECT l.decision_ref AS decision_id FROM stg_lease l
    UNION
    SELECT x.decision_id FROM stg_asset_disposal x
    UNION
    SELECT x.decision_id FROM stg_debt x
    UNION
    SELECT x.decision_id FROM stg_investment x
    UNION
    SELECT k.decision_id
    FROM stg_case k
    JOIN stg_payment p ON p.case_id = k.case_id
    UNION
    SELECT s.decision_id
    FROM stg_decision_step s
    WHERE s.step_kind IN ('implementation', 'result_notice')
        AND COALESCE(s.held_at, s.publicity_start_at) IS NOT NULL
)
SELECT
    'decision' AS finding_kind,
    d.decision_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.passed_at, '%Y-%m') AS period,
    CAST(d.passed_at AS DATE) AS business_date,
    d.title,
    d.amount_fen,
    CAST(d.passed_at AS DATE) AS passed_on
FROM stg_decision d
WHERE d.status = 'passed'
    AND d.amount_fen > 0
    AND date_diff('day', CAST(d.passed_at AS DATE), CAST($as_of AS DATE)) > $wait_days
    AND d.decision_id NOT IN (SELECT u.decision_id FROM used u WHERE u.decision_id IS NOT NULL)
