WITH unpaid AS (
    SELECT
        c.taking_id,
        COUNT(*) AS line_count,
        CAST(SUM(c.amount_fen) AS BIGINT) AS amount_fen
    FROM stg_compensation c
    WHERE c.owner_kind = 'household' AND c.paid_at IS NULL
    GROUP BY c.taking_id
),
judged AS (
    SELECT
        t.*,
        u.line_count,
        u.amount_fen,
        CASE WHEN t.fund_received_at IS NULL THEN 'county' ELSE 'village' END AS ground,
        COALESCE(CAST(t.fund_received_at AS DATE), t.plan_end_date) AS since_date
    FROM stg_land_taking t
    JOIN unpaid u ON u.taking_id = t.taking_id
    WHERE t.status <> 'ended'
)
SELECT
    'land_taking' AS finding_kind,
    j.taking_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.since_date, '%Y-%m') AS period,
    j.since_date AS business_date,
    j.ground,
    j.project_name,
    j.since_date,
    date_diff('day', j.since_date, CAST($as_of AS DATE)) AS late_days,
    j.line_count,
    j.amount_fen
FROM judged j
WHERE date_diff('day', j.since_date, CAST($as_of AS DATE))
    > CASE WHEN j.ground = 'village' THEN $village_days ELSE $statutory_days END
