WITH logged AS (
    SELECT g.works_id, MAX(g.logged_at) AS last_at
    FROM stg_works_log g
    GROUP BY g.works_id
),
judged AS (
    SELECT
        w.works_id,
        w.village_id,
        w.org_id,
        w.name,
        w.planned_end_date,
        COALESCE(g.last_at, w.started_at) AS last_at,
        date_diff('day', w.planned_end_date, CAST($as_of AS DATE)) AS late_days,
        date_diff(
            'day', CAST(COALESCE(g.last_at, w.started_at) AS DATE), CAST($as_of AS DATE)
        ) AS still_days,
        w.status
    FROM stg_works w
    LEFT JOIN logged g ON g.works_id = w.works_id
    WHERE w.completed_at IS NULL AND w.status IN ('contracted', 'building')
),
grounded AS (
    SELECT
        j.*,
        CASE
            WHEN j.late_days > $grace_days THEN 'late'
            WHEN j.status = 'building' AND j.still_days > $stale_days THEN 'still'
        END AS ground
    FROM judged j
)
SELECT
    'works' AS finding_kind,
    g.works_id AS finding_id,
    g.village_id,
    g.org_id,
    strftime(CASE WHEN g.ground = 'late' THEN g.planned_end_date ELSE CAST(g.last_at AS DATE) END,
        '%Y-%m') AS period,
    CASE WHEN g.ground = 'late' THEN g.planned_end_date ELSE CAST(g.last_at AS DATE) END
        AS business_date,
    g.ground,
    g.name,
    g.planned_end_date,
    g.late_days,
    CAST(g.last_at AS DATE) AS last_on,
    g.still_days
FROM grounded g
WHERE g.ground IS NOT NULL
