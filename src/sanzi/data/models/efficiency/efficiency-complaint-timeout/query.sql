WITH judged AS (
    SELECT
        c.*,
        CASE
            WHEN c.reopened_count > 0 AND NOT c.is_satisfied THEN 'unsatisfied'
            WHEN c.extended_count > $extensions THEN 'extended'
            WHEN c.dispatched_at IS NULL AND c.closed_at IS NULL AND (
                SELECT COUNT(*)
                FROM stg_calendar d
                WHERE d.day > CAST(c.received_at AS DATE)
                    AND d.day < CAST($as_of AS DATE)
                    AND d.is_workday
            ) >= $dispatch_days THEN 'not_sent'
            WHEN c.closed_at IS NULL AND c.answered_at IS NULL AND c.due_at < $as_of
                THEN 'late'
        END AS ground
    FROM stg_letter_clock c
)
SELECT
    'letter_clock' AS finding_kind,
    j.complaint_id AS finding_id,
    j.village_id,
    NULL AS org_id,
    strftime(j.received_at, '%Y-%m') AS period,
    CAST(j.received_at AS DATE) AS business_date,
    j.ground,
    CAST(j.received_at AS DATE) AS received_on,
    CAST(j.due_at AS DATE) AS due_on,
    j.extended_count,
    j.reopened_count
FROM judged j
WHERE j.ground IS NOT NULL
