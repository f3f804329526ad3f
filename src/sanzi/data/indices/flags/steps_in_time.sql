WITH acted AS (
    SELECT
        k.village_id,
        a.approval_id,
        a.due_at,
        a.acted_at
    FROM stg_approval a
    JOIN stg_case k ON k.case_id = a.subject_id
    WHERE a.subject_kind = 'case'
        AND a.action <> 'skip'
        AND CAST(a.acted_at AS DATE) >= $since
        AND a.acted_at <= $as_of
        -- By the people of the village itself: what waits at the town is not its delay.
        AND EXISTS (
            SELECT 1
            FROM stg_appointment t
            WHERE t.person_id = a.actor_person_id
                AND t.village_id = k.village_id
                AND t.role_code = a.role_code
        )
)
SELECT
    c.village_id,
    'approval' AS row_kind,
    c.approval_id AS row_id,
    CASE WHEN c.due_at IS NULL OR c.acted_at <= c.due_at THEN 1 ELSE 0 END AS part,
    1 AS whole
FROM acted c
