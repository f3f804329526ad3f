SELECT
    w.village_id,
    'works' AS row_kind,
    w.works_id AS row_id,
    NULL AS month,
    CASE
        WHEN CAST(w.completed_at AS DATE) <= w.planned_end_date THEN 'in_time'
        WHEN w.completed_at IS NOT NULL THEN 'late'
        WHEN w.planned_end_date < CAST($as_of AS DATE) THEN 'overdue'
        ELSE 'running'
    END AS key,
    1 AS part,
    1 AS whole
FROM stg_works w
WHERE w.started_at IS NOT NULL
    AND w.status <> 'ended'
    AND w.planned_end_date IS NOT NULL
    AND (w.completed_at IS NULL OR CAST(w.completed_at AS DATE) >= $since)
