WITH worked AS (
    SELECT
        d.request_id,
        MIN(d.start_at) AS first_at,
        CAST(SUM(d.amount_fen) AS BIGINT) AS amount_fen
    FROM stg_labour_day d
    GROUP BY d.request_id
),
judged AS (
    SELECT
        q.request_id,
        q.village_id,
        q.org_id,
        q.place,
        w.first_at,
        q.submitted_at,
        w.amount_fen,
        CASE
            WHEN q.is_emergency
                AND date_diff('minute', w.first_at, q.submitted_at)
                    > $emergency_backfill_hours * 60 THEN 'late_backfill'
            WHEN q.is_emergency THEN NULL
            WHEN date_diff('minute', w.first_at, q.submitted_at) > $grace_minutes
                THEN 'before_request'
            WHEN date_diff('minute', w.first_at, COALESCE(q.approved_at, $as_of)) > $grace_minutes
                THEN 'before_approval'
        END AS ground
    FROM stg_labour_request q
    JOIN worked w ON w.request_id = q.request_id
)
SELECT
    'labour_request' AS finding_kind,
    j.request_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.first_at, '%Y-%m') AS period,
    CAST(j.first_at AS DATE) AS business_date,
    j.ground,
    j.place,
    CAST(j.first_at AS DATE) AS first_day,
    CAST(j.submitted_at AS DATE) AS asked_day,
    j.amount_fen
FROM judged j
WHERE j.ground IS NOT NULL
