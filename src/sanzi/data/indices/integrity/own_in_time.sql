SELECT
    k.village_id,
    a.actor_person_id AS person_id,
    'approval' AS row_kind,
    a.approval_id AS row_id,
    CASE WHEN a.due_at IS NULL OR a.acted_at <= a.due_at THEN 1 ELSE 0 END AS part,
    1 AS whole
FROM stg_approval a
JOIN stg_case k ON k.case_id = a.subject_id
WHERE a.subject_kind = 'case'
    AND a.action <> 'skip'
    AND a.actor_person_id IS NOT NULL
    AND CAST(a.acted_at AS DATE) >= $since
    AND a.acted_at <= $as_of
