SELECT
    c.village_id,
    'letter_clock' AS row_kind,
    c.complaint_id AS row_id,
    LEFT(CAST(c.received_at AS VARCHAR), 7) AS month,
    CASE
        WHEN c.closed_at IS NOT NULL THEN 'closed'
        WHEN c.answered_at IS NOT NULL THEN 'answered'
        WHEN c.due_at < $as_of THEN 'overdue'
        ELSE 'open'
    END AS key,
    1 AS part,
    1 AS whole
FROM stg_letter_clock c
WHERE CAST(c.received_at AS DATE) >= $since
    AND c.received_at <= $as_of
