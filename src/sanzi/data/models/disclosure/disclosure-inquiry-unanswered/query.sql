WITH late AS (
    SELECT
        d.delay_id,
        d.village_id,
        d.org_id,
        d.level AS ground,
        CAST(d.due_at AS DATE) AS late_on,
        q.title,
        date_diff(
            'day',
            CAST(d.due_at AS DATE),
            CAST(
                CASE
                    WHEN d.level = q.level THEN COALESCE(q.answered_at, $as_of)
                    ELSE d.noted_at
                END AS DATE
            )
        ) + 1 AS late_days
    FROM stg_inquiry_delay d
    JOIN stg_inquiry q ON q.inquiry_id = d.inquiry_id
    WHERE q.status <> 'ended'
)
SELECT
    'inquiry_delay' AS finding_kind,
    j.delay_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.late_on, '%Y-%m') AS period,
    j.late_on AS business_date,
    j.ground,
    j.title,
    j.late_days
FROM late j
WHERE j.late_days > $grace_days
