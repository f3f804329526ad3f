WITH about AS (
    -- What a decision is about: the power it is kept under, and what has used it since.
    SELECT d.decision_id, d.matter_code
    FROM stg_decision d
    UNION
    SELECT x.decision_id, 'M15' AS matter_code FROM stg_debt x
    UNION
    SELECT x.decision_id, 'M20' AS matter_code FROM stg_investment x
    UNION
    SELECT x.decision_id, 'M02' AS matter_code FROM stg_budget x
    UNION
    SELECT x.decision_id, 'M04' AS matter_code FROM stg_distribution x
    UNION
    SELECT x.decision_id, 'M24' AS matter_code FROM stg_membership x
    UNION
    SELECT x.decision_id, 'M23' AS matter_code FROM stg_land_taking x
    UNION
    SELECT x.decision_id, 'M28' AS matter_code FROM stg_levy x
),
judged AS (
    SELECT
        d.decision_id,
        MIN(a.matter_code) AS matter_code,
        MIN(CASE
            WHEN d.deciding_body = 'member_delegates' THEN 'delegates'
            WHEN d.deciding_body IN ('council', 'joint') THEN 'small'
            ELSE 'villagers'
        END) AS ground
    FROM stg_decision d
    JOIN about a ON a.decision_id = d.decision_id
    LEFT JOIN stg_org o ON o.org_id = d.org_id
    WHERE (d.deciding_body = 'member_delegates' AND list_contains($delegates_never, a.matter_code))
        OR (d.deciding_body IN ('council', 'joint') AND list_contains($small_never, a.matter_code))
        -- What is the committee's own, its budget for one, is for the villagers to decide.
        OR (d.deciding_body IN ('villager_meeting', 'villager_reps')
            AND COALESCE(o.kind <> 'village_committee', TRUE)
            AND list_contains($villagers_never, a.matter_code))
    GROUP BY d.decision_id
),
found AS (
    SELECT j.decision_id, j.ground, j.matter_code FROM judged j
    UNION ALL
    SELECT d.decision_id, 'sum' AS ground, d.matter_code
    FROM stg_decision d
    WHERE d.deciding_body IN ('council', 'joint')
        AND d.amount_fen >= $small_limit
        AND d.decision_id NOT IN (SELECT j.decision_id FROM judged j)
)
SELECT
    'decision' AS finding_kind,
    d.decision_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(COALESCE(d.passed_at, $as_of), '%Y-%m') AS period,
    CAST(COALESCE(d.passed_at, $as_of) AS DATE) AS business_date,
    f.ground,
    d.title,
    f.matter_code,
    d.amount_fen
FROM found f
JOIN stg_decision d ON d.decision_id = f.decision_id
WHERE d.status = 'passed'
