SELECT
    l.village_id,
    'letter_clock' AS row_kind,
    l.complaint_id AS row_id,
    CASE WHEN l.is_satisfied THEN 1 ELSE 0 END AS part,
    1 AS whole
FROM stg_letter_clock l
WHERE l.is_satisfied IS NOT NULL
    AND CAST(l.received_at AS DATE) >= $since
    AND l.received_at <= $as_of
UNION ALL
SELECT
    i.village_id,
    'inquiry' AS row_kind,
    i.inquiry_id AS row_id,
    CASE WHEN i.is_satisfied THEN 1 ELSE 0 END AS part,
    1 AS whole
FROM stg_inquiry i
WHERE i.is_satisfied IS NOT NULL
    AND CAST(i.asked_at AS DATE) >= $since
    AND i.asked_at <= $as_of
