WITH next_event AS (
    SELECT
        e.event_id,
        e.seal_id,
        e.village_id,
        e.kind,
        e.event_at,
        COALESCE(
            LEAD(e.event_at) OVER (PARTITION BY e.seal_id ORDER BY e.event_at, e.event_id), $as_of
        ) AS until_at
    FROM stg_seal_device_event e
    WHERE e.kind IN ('online', 'offline')
),
away AS (
    SELECT
        n.event_id,
        n.seal_id,
        n.village_id,
        n.event_at,
        'offline' AS ground,
        date_diff('minute', n.event_at, n.until_at) AS away_minutes,
        COUNT(*) AS use_count
    FROM next_event n
    JOIN stg_seal_use u ON u.seal_id = n.seal_id AND u.stamped_at BETWEEN n.event_at AND n.until_at
    WHERE n.kind = 'offline'
        AND date_diff('minute', n.event_at, n.until_at) > $offline_hours * 60
    GROUP BY n.event_id, n.seal_id, n.village_id, n.event_at, n.until_at
),
alarm AS (
    SELECT
        e.event_id,
        e.seal_id,
        e.village_id,
        e.event_at,
        e.kind AS ground,
        NULL AS away_minutes,
        NULL AS use_count
    FROM stg_seal_device_event e
    WHERE list_contains($alarms, e.kind)
),
found AS (
    SELECT a.* FROM alarm a
    UNION ALL
    SELECT w.* FROM away w
)
SELECT
    'seal_device_event' AS finding_kind,
    f.event_id AS finding_id,
    f.village_id,
    s.org_id,
    strftime(f.event_at, '%Y-%m') AS period,
    CAST(f.event_at AS DATE) AS business_date,
    f.ground,
    s.title AS seal,
    strftime(f.event_at, '%H:%M') AS event_time,
    f.away_minutes,
    f.use_count
FROM found f
JOIN stg_seal s ON s.seal_id = f.seal_id
