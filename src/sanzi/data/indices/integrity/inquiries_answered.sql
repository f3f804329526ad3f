SELECT
    i.village_id,
    'inquiry' AS row_kind,
    i.inquiry_id AS row_id,
    CASE WHEN i.answered_at <= i.due_at THEN 1 ELSE 0 END AS part,
    1 AS whole
FROM stg_inquiry i
WHERE CAST(i.asked_at AS DATE) >= $since
    AND (i.due_at <= $as_of OR i.answered_at <= $as_of)
