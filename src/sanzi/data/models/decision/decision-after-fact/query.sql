WITH fact AS (
    -- What stands on a decision, and when it began.
    SELECT c.decision_id, 'contract' AS ground, c.title AS subject, c.sign_date AS begun_on, 0 AS grace
    FROM stg_contract c
    WHERE c.status <> 'revoked'
    UNION ALL
    SELECT w.decision_id, 'works' AS ground, w.name AS subject, CAST(w.started_at AS DATE) AS begun_on,
        CASE WHEN w.is_emergency THEN $emergency_days ELSE 0 END AS grace
    FROM stg_works w
    UNION ALL
    SELECT l.decision_ref AS decision_id, 'lease' AS ground, a.name AS subject,
        LEAST(l.start_date, CAST(l.signed_at AS DATE)) AS begun_on, 0 AS grace
    FROM stg_lease l
    JOIN stg_asset a ON a.asset_id = l.asset_id
    UNION ALL
    SELECT k.decision_id, 'payment' AS ground, p.purpose AS subject, CAST(p.paid_at AS DATE) AS begun_on,
        0 AS grace
    FROM stg_case k
    JOIN stg_payment p ON p.case_id = k.case_id
    WHERE p.status = 'paid'
),
late AS (
    SELECT
        d.decision_id,
        f.ground,
        f.subject,
        f.begun_on,
        date_diff('day', f.begun_on, CAST(d.passed_at AS DATE)) AS late_days,
        ROW_NUMBER() OVER (PARTITION BY d.decision_id ORDER BY f.begun_on, f.ground, f.subject) AS place
    FROM stg_decision d
    JOIN fact f ON f.decision_id = d.decision_id
    WHERE date_diff('day', f.begun_on, CAST(d.passed_at AS DATE)) > f.grace
)
SELECT
    'decision' AS finding_kind,
    d.decision_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.passed_at, '%Y-%m') AS period,
    CAST(d.passed_at AS DATE) AS business_date,
    l.ground,
    d.title,
    l.subject,
    l.begun_on,
    l.late_days
FROM late l
JOIN stg_decision d ON d.decision_id = l.decision_id
WHERE l.place = 1
