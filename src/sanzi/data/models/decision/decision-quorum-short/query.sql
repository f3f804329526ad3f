WITH aside AS (
    -- Kin without a seat stand aside too, and take nobody's place with them.
    SELECT
        r.decision_id,
        COUNT(CASE WHEN COALESCE(r.was_due, TRUE) THEN 1 END) AS due_count,
        COUNT(CASE WHEN COALESCE(r.was_present, TRUE) THEN 1 END) AS present_count
    FROM stg_decision_recusal r
    WHERE r.is_recused
    GROUP BY r.decision_id
),
met AS (
    -- The vote itself. Who stands aside leaves the small and the village bodies.
    SELECT
        d.decision_id,
        d.deciding_body AS body,
        d.eligible_count - CASE WHEN d.deciding_body = 'member_meeting' THEN 0
            ELSE COALESCE(a.due_count, 0) END AS due_count,
        d.present_count - CASE WHEN d.deciding_body = 'member_meeting' THEN 0
            ELSE COALESCE(a.present_count, 0) END AS present_count
    FROM stg_decision d
    LEFT JOIN aside a ON a.decision_id = d.decision_id
    UNION ALL
    SELECT s.decision_id, s.step_kind AS body, s.eligible_count AS due_count, s.present_count
    FROM stg_decision_step s
),
short AS (
    SELECT
        m.*,
        ROW_NUMBER() OVER (PARTITION BY m.decision_id ORDER BY m.body DESC) AS place
    FROM met m
    WHERE (list_contains($two_thirds_bodies, m.body)
            AND m.present_count * $quorum_of < m.due_count * $quorum_need)
        OR (list_contains($half_bodies, m.body)
            AND m.present_count * 100 <= m.due_count * $half_percent)
)
SELECT
    'decision' AS finding_kind,
    d.decision_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(COALESCE(d.passed_at, $as_of), '%Y-%m') AS period,
    CAST(COALESCE(d.passed_at, $as_of) AS DATE) AS business_date,
    CASE WHEN s.body = 'party_review' THEN 'party' ELSE 'vote' END AS ground,
    d.title,
    s.due_count,
    s.present_count
FROM stg_decision d
JOIN short s ON s.decision_id = d.decision_id
WHERE d.status = 'passed'
    AND s.place = 1
