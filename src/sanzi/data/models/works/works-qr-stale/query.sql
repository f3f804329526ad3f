WITH days AS (
    SELECT w.works_id, CAST(CAST(w.stage_changed_at AS DATE) + n.number AS DATE) AS day
    FROM stg_works w
    CROSS JOIN (SELECT CAST(UNNEST(generate_series(1, 60)) AS INTEGER) AS number) n
    WHERE CAST(CAST(w.stage_changed_at AS DATE) + n.number AS DATE) <= CAST($as_of AS DATE)
),
passed AS (
    -- Each day since the stage changed; a day that the calendar lacks is worked on from Monday to
    -- Friday.
    SELECT
        d.works_id,
        CAST(SUM(CASE WHEN COALESCE(k.is_workday, EXTRACT(ISODOW FROM d.day) < 6) THEN 1 ELSE 0 END)
            AS BIGINT) AS work_days
    FROM days d
    LEFT JOIN stg_calendar k ON k.day = d.day
    GROUP BY d.works_id
),
judged AS (
    SELECT
        w.*,
        p.work_days,
        CASE
            WHEN w.qr_code IS NULL AND w.started_at IS NOT NULL THEN 'none'
            WHEN COALESCE(w.qr_updated_at < w.stage_changed_at, TRUE) AND p.work_days > $max_days
                THEN 'stale'
        END AS ground
    FROM stg_works w
    LEFT JOIN passed p ON p.works_id = w.works_id
)
SELECT
    'works' AS finding_kind,
    j.works_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(COALESCE(j.stage_changed_at, j.started_at), '%Y-%m') AS period,
    CAST(COALESCE(j.stage_changed_at, j.started_at) AS DATE) AS business_date,
    j.ground,
    j.name,
    CAST(j.started_at AS DATE) AS started_on,
    CAST(j.stage_changed_at AS DATE) AS changed_on,
    CAST(j.qr_updated_at AS DATE) AS updated_on,
    j.work_days
FROM judged j
WHERE j.ground IS NOT NULL
