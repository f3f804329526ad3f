WITH listed AS (
    SELECT r.decision_id, r.person_id, 'listed' AS ground, r.reason
    FROM stg_decision_recusal r
    WHERE NOT r.is_recused
),
gains AS (
    -- Who has a contract that stands on the decision: himself, or who leads the firm.
    SELECT c.decision_id, k.person_id
    FROM stg_contract c
    JOIN stg_counterparty k ON k.counterparty_id = c.counterparty_id
    UNION
    SELECT c.decision_id, k.legal_rep_person_id AS person_id
    FROM stg_contract c
    JOIN stg_counterparty k ON k.counterparty_id = c.counterparty_id
),
near AS (
    SELECT g.decision_id, g.person_id FROM gains g
    UNION
    SELECT g.decision_id, k.relative_person_id AS person_id
    FROM gains g
    JOIN stg_kinship k ON k.person_id = g.person_id AND k.is_statutory_kin
    UNION
    SELECT g.decision_id, k.person_id
    FROM gains g
    JOIN stg_kinship k ON k.relative_person_id = g.person_id AND k.is_statutory_kin
),
unlisted AS (
    SELECT DISTINCT d.decision_id, n.person_id, 'unlisted' AS ground, '' AS reason
    FROM stg_decision d
    JOIN near n ON n.decision_id = d.decision_id
    JOIN stg_appointment a ON a.person_id = n.person_id
        AND a.village_id = d.village_id
        AND a.start_date <= CAST(d.passed_at AS DATE)
        AND COALESCE(a.end_date, CAST(d.passed_at AS DATE)) >= CAST(d.passed_at AS DATE)
        AND ((d.deciding_body = 'villager_reps' AND list_contains($reps_roles, a.role_code))
            OR (d.deciding_body = 'council' AND list_contains($council_roles, a.role_code))
            OR (d.deciding_body = 'joint' AND list_contains($joint_roles, a.role_code))
            OR (d.deciding_body = 'member_delegates' AND a.role_code = 'member_delegate'))
    WHERE NOT EXISTS (
        SELECT 1
        FROM stg_decision_recusal r
        WHERE r.decision_id = d.decision_id AND r.person_id = n.person_id
    )
),
found AS (
    SELECT l.* FROM listed l
    UNION ALL
    SELECT u.* FROM unlisted u
),
ranked AS (
    SELECT
        f.*,
        ROW_NUMBER() OVER (PARTITION BY f.decision_id ORDER BY f.ground, f.person_id) AS place,
        COUNT(*) OVER (PARTITION BY f.decision_id) AS people_count
    FROM found f
)
SELECT
    'decision' AS finding_kind,
    d.decision_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(COALESCE(d.passed_at, $as_of), '%Y-%m') AS period,
    CAST(COALESCE(d.passed_at, $as_of) AS DATE) AS business_date,
    r.ground,
    d.title,
    p.name AS person_name,
    r.reason,
    r.people_count
FROM ranked r
JOIN stg_decision d ON d.decision_id = r.decision_id
LEFT JOIN stg_person p ON p.person_id = r.person_id
WHERE d.status = 'passed'
    AND r.place = 1
