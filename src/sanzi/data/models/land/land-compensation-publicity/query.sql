WITH paid AS (
    SELECT c.taking_id, MIN(c.paid_at) AS paid_at
    FROM stg_compensation c
    GROUP BY c.taking_id
),
settled AS (
    SELECT t.*, CAST(LEAST(t.approved_at, p.paid_at) AS DATE) AS settled_on
    FROM stg_land_taking t
    LEFT JOIN paid p ON p.taking_id = t.taking_id
    WHERE t.status <> 'ended'
),
shown AS (
    -- Only what had been public before the approval or the payment counts.
    SELECT
        s.*,
        GREATEST(COALESCE(date_diff(
            'day', s.roster_start_date, LEAST(s.roster_end_date, s.settled_on)
        ), 0), 0) AS roster_days,
        GREATEST(COALESCE(date_diff(
            'day', s.plan_start_date, LEAST(s.plan_end_date, s.settled_on)
        ), 0), 0) AS plan_days
    FROM settled s
    WHERE s.settled_on IS NOT NULL
)
SELECT
    'land_taking' AS finding_kind,
    w.taking_id AS finding_id,
    w.village_id,
    w.org_id,
    strftime(w.settled_on, '%Y-%m') AS period,
    w.settled_on AS business_date,
    CASE WHEN w.roster_days < $days THEN 'roster' ELSE 'plan' END AS ground,
    w.project_name,
    w.settled_on,
    w.roster_days,
    w.plan_days
FROM shown w
WHERE w.roster_days < $days OR w.plan_days < $plan_days_statutory
