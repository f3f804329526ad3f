SELECT
    i.village_id,
    'inquiry' AS row_kind,
    i.inquiry_id AS row_id,
    LEFT(CAST(i.asked_at AS VARCHAR), 7) AS month,
    CASE
        WHEN i.answered_at <= i.due_at THEN 'in_time'
        WHEN i.answered_at IS NOT NULL THEN 'late'
        WHEN i.due_at < $as_of THEN 'overdue'
        ELSE 'open'
    END AS key,
    1 AS part,
    1 AS whole
FROM stg_inquiry i
WHERE CAST(i.asked_at AS DATE) >= $since
    AND i.asked_at <= $as_of
