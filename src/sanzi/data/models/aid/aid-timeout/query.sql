WITH stage AS (
    SELECT c.case_id, 0 AS place, 'town' AS ground, CAST($town_days AS INTEGER) AS due_days,
        c.accepted_at AS from_at, c.publicity_start_at AS until_at
    FROM stg_aid_case c
    UNION ALL
    SELECT c.case_id, 2, 'county', CAST($county_days AS INTEGER),
        c.publicity_end_at, c.decided_at
    FROM stg_aid_case c
    UNION ALL
    SELECT c.case_id, 3, 'total', CAST($total_days AS INTEGER), c.accepted_at, c.decided_at
    FROM stg_aid_case c
),
days AS (
    SELECT
        s.case_id, s.place, s.ground, s.due_days, CAST(s.from_at AS DATE) AS started_on,
        CAST(CAST(s.from_at AS DATE) + n.number AS DATE) AS day
    FROM stage s
    CROSS JOIN (SELECT CAST(UNNEST(generate_series(1, 200)) AS INTEGER) AS number) n
    WHERE CAST(CAST(s.from_at AS DATE) + n.number AS DATE)
        <= CAST(COALESCE(s.until_at, $as_of) AS DATE)
),
used AS (
    -- A day that the calendar lacks is worked on from Monday to Friday.
    SELECT
        d.case_id, d.place, d.ground, d.due_days, d.started_on,
        SUM(CASE WHEN COALESCE(k.is_workday, EXTRACT(ISODOW FROM d.day) < 6) THEN 1 ELSE 0 END)
            AS used_days
    FROM days d
    LEFT JOIN stg_calendar k ON k.day = d.day
    GROUP BY d.case_id, d.place, d.ground, d.due_days, d.started_on
    UNION ALL
    SELECT c.case_id, 1, 'publicity', CAST($publicity_days AS INTEGER),
        CAST(c.publicity_start_at AS DATE),
        date_diff(
            'day', CAST(c.publicity_start_at AS DATE),
            CAST(COALESCE(c.publicity_end_at, $as_of) AS DATE)
        )
    FROM stg_aid_case c
    WHERE c.publicity_end_at IS NULL
),
late AS (
    SELECT u.*, ROW_NUMBER() OVER (PARTITION BY u.case_id ORDER BY u.place) AS turn
    FROM used u
    WHERE u.used_days > u.due_days
)
SELECT
    'aid_case' AS finding_kind,
    c.case_id AS finding_id,
    c.village_id,
    c.org_id,
    strftime(c.applied_at, '%Y-%m') AS period,
    CAST(c.applied_at AS DATE) AS business_date,
    l.ground,
    CAST(l.used_days AS BIGINT) AS used_days,
    CAST(l.due_days AS BIGINT) AS due_days,
    l.started_on
FROM late l
JOIN stg_aid_case c ON c.case_id = l.case_id
WHERE l.turn = 1 AND c.status <> 'stopped'
