WITH judged AS (
    SELECT
        u.seal_use_id,
        u.village_id,
        u.item_title,
        u.stamped_at,
        s.org_id,
        s.title AS seal,
        CASE
            WHEN NOT COALESCE(u.is_offsite_approved, FALSE) AND EXISTS (
                SELECT 1
                FROM stg_seal_device_event e
                WHERE e.seal_id = u.seal_id
                    AND e.kind = 'out_of_fence'
                    AND CAST(e.event_at AS DATE) = CAST(u.stamped_at AS DATE)
            ) THEN 'place'
            WHEN EXTRACT(hour FROM u.stamped_at) < $from_hour
                OR EXTRACT(hour FROM u.stamped_at) >= $until_hour
                THEN 'hour'
            WHEN NOT c.is_workday AND u.lat IS NULL AND COALESCE(s.device_id, '') = '' THEN 'rest'
        END AS ground
    FROM stg_seal_use u
    JOIN stg_seal s ON s.seal_id = u.seal_id
    LEFT JOIN stg_calendar c ON c.day = CAST(u.stamped_at AS DATE)
)
SELECT
    'seal_use' AS finding_kind,
    j.seal_use_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.stamped_at, '%Y-%m') AS period,
    CAST(j.stamped_at AS DATE) AS business_date,
    j.ground,
    j.seal,
    COALESCE(j.item_title, '没有写事项') AS item_title,
    strftime(j.stamped_at, '%H:%M') AS stamped_time
FROM judged j
WHERE j.ground IS NOT NULL
