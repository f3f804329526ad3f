WITH counted AS (
    SELECT a.*
    FROM stg_alert a
    WHERE NOT list_contains($own_codes, a.model_code)
        AND a.opened_at <= $as_of
        AND date_diff('month', a.opened_at, $as_of) <= $months
),
ranked AS (
    SELECT
        c.*,
        COUNT(*) OVER (PARTITION BY c.village_id, c.model_code) AS times,
        ROW_NUMBER() OVER (
            PARTITION BY c.village_id, c.model_code
            ORDER BY c.opened_at DESC, c.alert_id DESC
        ) AS place
    FROM counted c
    WHERE c.conclusion = 'confirmed'
),
found AS (
    SELECT r.alert_id, 'repeated' AS ground, r.times
    FROM ranked r
    WHERE r.place = 1 AND r.times >= $confirmed_least
    UNION ALL
    SELECT c.alert_id, 'reopened' AS ground, c.reopened_count AS times
    FROM counted c
    WHERE c.reopened_count >= $reopened_least
        AND NOT EXISTS (
            SELECT 1
            FROM ranked r
            WHERE r.alert_id = c.alert_id AND r.place = 1 AND r.times >= $confirmed_least
        )
)
SELECT
    'alert' AS finding_kind,
    a.alert_id AS finding_id,
    a.village_id,
    a.org_id,
    strftime(a.opened_at, '%Y-%m') AS period,
    CAST(a.opened_at AS DATE) AS business_date,
    f.ground,
    f.times
FROM found f
JOIN stg_alert a ON a.alert_id = f.alert_id
