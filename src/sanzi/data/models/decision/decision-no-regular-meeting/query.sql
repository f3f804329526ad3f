WITH span AS (
    SELECT
        CAST(date_trunc('quarter', $as_of) AS DATE) AS quarter_end,
        CAST(date_trunc('quarter', $as_of) - INTERVAL 3 MONTH AS DATE) AS quarter_start,
        CAST(date_trunc('year', $as_of) AS DATE) AS year_end,
        CAST(date_trunc('year', $as_of) - INTERVAL 12 MONTH AS DATE) AS year_start
),
begun AS (
    -- Bodies that had a case here before the span began; of others nothing is known.
    SELECT k.village_id, CAST(MIN(k.created_at) AS DATE) AS first_on
    FROM stg_case k
    GROUP BY k.village_id
),
due AS (
    SELECT o.org_id, o.village_id, o.name, 'reps' AS ground, s.quarter_start AS from_on,
        s.quarter_end AS until_on, 'villager_reps' AS body, $reps_least AS least
    FROM stg_org o
    CROSS JOIN span s
    WHERE o.kind = 'village_committee'
    UNION ALL
    SELECT o.org_id, o.village_id, o.name, 'member' AS ground, s.year_start AS from_on,
        s.year_end AS until_on, 'member_meeting' AS body, $member_least AS least
    FROM stg_org o
    CROSS JOIN span s
    WHERE o.kind = 'collective'
),
met AS (
    SELECT d.village_id, d.deciding_body, CAST(d.passed_at AS DATE) AS met_on
    FROM stg_decision d
    UNION
    SELECT d.village_id, d.deciding_body, CAST(s.held_at AS DATE) AS met_on
    FROM stg_decision d
    JOIN stg_decision_step s ON s.decision_id = d.decision_id AND s.step_kind = 'resolution'
),
counted AS (
    SELECT u.org_id, u.village_id, u.name, u.ground, u.from_on, u.least, COUNT(m.met_on) AS met_count
    FROM due u
    JOIN begun b ON b.village_id = u.village_id AND b.first_on <= u.from_on
    LEFT JOIN met m ON m.village_id = u.village_id
        AND m.deciding_body = u.body
        AND m.met_on >= u.from_on
        AND m.met_on < u.until_on
    GROUP BY u.org_id, u.village_id, u.name, u.ground, u.from_on, u.least
),
reviewed AS (
    SELECT DISTINCT k.org_id
    FROM stg_approval a
    JOIN stg_case k ON k.case_id = a.subject_id
    WHERE list_contains($review_roles, a.role_code)
        AND a.acted_at >= date_trunc('month', $as_of) - INTERVAL 1 MONTH
        AND a.acted_at < date_trunc('month', $as_of)
),
paid AS (
    SELECT
        p.org_id,
        CAST(date_trunc('month', $as_of) - INTERVAL 1 MONTH AS DATE) AS from_on,
        COUNT(*) AS paid_count
    FROM stg_payment p
    WHERE p.status = 'paid'
        AND p.paid_at >= date_trunc('month', $as_of) - INTERVAL 1 MONTH
        AND p.paid_at < date_trunc('month', $as_of)
        AND NOT EXISTS (SELECT 1 FROM reviewed r WHERE r.org_id = p.org_id)
    GROUP BY p.org_id
)
SELECT
    'org' AS finding_kind,
    c.org_id AS finding_id,
    c.village_id,
    c.org_id,
    strftime(c.from_on, '%Y-%m') AS period,
    c.from_on AS business_date,
    c.ground,
    c.name AS body_name,
    c.from_on,
    c.met_count
FROM counted c
WHERE c.met_count < c.least
UNION ALL
SELECT
    'org' AS finding_kind,
    o.org_id AS finding_id,
    o.village_id,
    o.org_id,
    strftime(p.from_on, '%Y-%m') AS period,
    p.from_on AS business_date,
    'review' AS ground,
    o.name AS body_name,
    p.from_on,
    p.paid_count AS met_count
FROM paid p
JOIN stg_org o ON o.org_id = p.org_id
WHERE p.paid_count >= $review_payments
