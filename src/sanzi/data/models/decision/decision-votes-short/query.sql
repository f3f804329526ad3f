WITH voted AS (
    SELECT
        d.*,
        COALESCE(a.due_count, 0) AS aside_due_count,
        COALESCE(a.present_count, 0) AS aside_present_count
    FROM stg_decision d
    LEFT JOIN (
        SELECT
            r.decision_id,
            COUNT(CASE WHEN COALESCE(r.was_due, TRUE) THEN 1 END) AS due_count,
            COUNT(CASE WHEN COALESCE(r.was_present, TRUE) THEN 1 END) AS present_count
        FROM stg_decision_recusal r
        WHERE r.is_recused
        GROUP BY r.decision_id
    ) a ON a.decision_id = d.decision_id
    WHERE d.status = 'passed'
),
counted AS (
    SELECT
        v.*,
        CASE
            WHEN list_contains($collective_bodies, v.deciding_body) THEN v.eligible_count
            WHEN list_contains($small_bodies, v.deciding_body) THEN v.eligible_count - v.aside_due_count
            ELSE v.present_count - v.aside_present_count
        END AS base_count
    FROM voted v
)
SELECT
    'decision' AS finding_kind,
    c.decision_id AS finding_id,
    c.village_id,
    c.org_id,
    strftime(COALESCE(c.passed_at, $as_of), '%Y-%m') AS period,
    CAST(COALESCE(c.passed_at, $as_of) AS DATE) AS business_date,
    c.title,
    c.base_count,
    c.agree_count
FROM counted c
WHERE (list_contains($collective_bodies, c.deciding_body)
        AND c.agree_count * $share_of < c.base_count * $share_need)
    OR (NOT list_contains($collective_bodies, c.deciding_body)
        AND c.agree_count * 100 <= c.base_count * $half_percent)
