WITH wanted AS (
    SELECT 'four_two' AS procedure, 1 AS place, 'proposal' AS step_kind
    UNION ALL SELECT 'four_two', 2, 'consultation'
    UNION ALL SELECT 'four_two', 3, 'party_review'
    UNION ALL SELECT 'four_two', 4, 'resolution'
    UNION ALL SELECT 'five_two', 1, 'proposal'
    UNION ALL SELECT 'five_two', 2, 'consultation'
    UNION ALL SELECT 'five_two', 3, 'comment'
    UNION ALL SELECT 'five_two', 4, 'party_review'
    UNION ALL SELECT 'five_two', 5, 'resolution'
    UNION ALL SELECT 'member_meeting', 1, 'proposal'
    UNION ALL SELECT 'member_meeting', 2, 'resolution'
    UNION ALL SELECT 'member_delegates', 1, 'proposal'
    UNION ALL SELECT 'member_delegates', 2, 'resolution'
),
done AS (
    SELECT
        d.decision_id,
        d.village_id,
        w.place,
        w.step_kind,
        COALESCE(s.held_at, s.publicity_start_at) AS done_at
    FROM stg_decision d
    JOIN wanted w ON w.procedure = d.procedure
    LEFT JOIN stg_decision_step s ON s.decision_id = d.decision_id AND s.step_kind = w.step_kind
    WHERE d.status = 'passed'
        AND EXISTS (SELECT 1 FROM stg_decision_step x WHERE x.decision_id = d.decision_id)
),
one_hand AS (
    -- Steps on whose day the secretary held the other chair too, said so or seen by his posts.
    SELECT DISTINCT o.decision_id, o.step_kind
    FROM done o
    JOIN stg_appointment a ON a.village_id = o.village_id
    JOIN stg_appointment p ON p.person_id = a.person_id AND p.village_id = a.village_id
    WHERE a.role_code = 'village_secretary'
        AND (a.is_concurrent OR p.role_code IN ('coop_director', 'committee_head'))
        AND a.start_date <= CAST(o.done_at AS DATE)
        AND COALESCE(a.end_date, CAST(o.done_at AS DATE)) >= CAST(o.done_at AS DATE)
        AND p.start_date <= CAST(o.done_at AS DATE)
        AND COALESCE(p.end_date, CAST(o.done_at AS DATE)) >= CAST(o.done_at AS DATE)
),
fault AS (
    SELECT o.decision_id, o.place, 'missing' AS ground, o.step_kind, o.step_kind AS other_kind
    FROM done o
    WHERE o.done_at IS NULL
    UNION ALL
    SELECT o.decision_id, o.place + 100 AS place, 'order' AS ground, o.step_kind, f.step_kind AS other_kind
    FROM done o
    JOIN done f ON f.decision_id = o.decision_id AND f.place < o.place AND f.done_at >= o.done_at
    LEFT JOIN one_hand h ON h.decision_id = o.decision_id AND h.step_kind = o.step_kind
    WHERE NOT (
        f.done_at = o.done_at
        AND o.step_kind = 'consultation'
        AND $allow_merge = 'yes'
        AND h.decision_id IS NOT NULL
    )
),
ranked AS (
    SELECT
        f.*,
        ROW_NUMBER() OVER (PARTITION BY f.decision_id ORDER BY f.place, f.other_kind) AS turn
    FROM fault f
),
named AS (
    SELECT 'proposal' AS step_kind, '党组织提议' AS words
    UNION ALL SELECT 'consultation', '两委商议'
    UNION ALL SELECT 'comment', '征求意见公示'
    UNION ALL SELECT 'party_review', '党员大会审议'
    UNION ALL SELECT 'resolution', '表决'
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
    n.words AS step_words,
    m.words AS other_words
FROM ranked r
JOIN stg_decision d ON d.decision_id = r.decision_id
JOIN named n ON n.step_kind = r.step_kind
JOIN named m ON m.step_kind = r.other_kind
WHERE r.turn = 1
