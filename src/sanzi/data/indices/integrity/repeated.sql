SELECT
    l.village_id,
    'letter_clock' AS row_kind,
    l.complaint_id AS row_id,
    CASE WHEN l.reopened_count > 0 THEN 1 ELSE 0 END AS part,
    1 AS whole
FROM stg_letter_clock l
WHERE l.closed_at IS NOT NULL
    AND CAST(l.received_at AS DATE) >= $since
    AND l.received_at <= $as_of
