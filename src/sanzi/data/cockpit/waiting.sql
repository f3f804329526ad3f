SELECT
    s.village_id,
    'case' AS row_kind,
    s.subject_id AS row_id,
    NULL AS month,
    CASE WHEN s.due_at < $as_of THEN 'late' ELSE 'waiting' END AS key,
    1 AS part,
    1 AS whole
FROM stg_open_step s
WHERE s.opened_at <= $as_of
