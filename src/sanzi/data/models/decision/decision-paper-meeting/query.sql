WITH spans AS (
    SELECT
        s.decision_id,
        COUNT(*) AS meeting_count,
        date_diff('minute', MIN(s.held_at), MAX(s.held_at)) AS span_minutes
    FROM stg_decision_step s
    WHERE s.held_at IS NOT NULL
    GROUP BY s.decision_id
    HAVING COUNT(*) >= $least_meetings
),
prints AS (
    SELECT s.decision_id, s.photo_phash AS print, 'photo' AS ground
    FROM stg_decision_step s
    WHERE s.photo_phash <> ''
    UNION
    SELECT s.decision_id, s.minutes_hash AS print, 'minutes' AS ground
    FROM stg_decision_step s
    WHERE s.minutes_hash <> ''
    UNION
    SELECT d.decision_id, d.minutes_hash AS print, 'minutes' AS ground
    FROM stg_decision d
    WHERE d.minutes_hash <> ''
),
ordered AS (
    SELECT
        d.decision_id,
        d.org_id,
        d.deciding_body,
        d.passed_at,
        CASE WHEN d.present_count = d.eligible_count THEN 1 ELSE 0 END AS is_full,
        SUM(CASE WHEN d.present_count = d.eligible_count THEN 0 ELSE 1 END) OVER (
            PARTITION BY d.org_id, d.deciding_body ORDER BY d.passed_at, d.decision_id
        ) AS breaks
    FROM stg_decision d
    WHERE d.passed_at IS NOT NULL
        AND d.present_count IS NOT NULL
),
runs AS (
    -- Meetings of one body in a row at which nobody was missing; the last of them is found.
    SELECT
        o.org_id,
        o.deciding_body,
        o.breaks,
        SUM(o.is_full) AS full_count,
        MAX(o.passed_at) AS last_at
    FROM ordered o
    GROUP BY o.org_id, o.deciding_body, o.breaks
    HAVING SUM(o.is_full) >= $straight
),
fault AS (
    SELECT s.decision_id, 1 AS place, 'span' AS ground, s.meeting_count AS figure
    FROM spans s
    WHERE s.span_minutes < $hours_min * 60
    UNION ALL
    SELECT p.decision_id, 2 AS place, p.ground, COUNT(*) AS figure
    FROM prints p
    JOIN prints q ON q.print = p.print AND q.decision_id <> p.decision_id
    GROUP BY p.decision_id, p.ground
    UNION ALL
    SELECT o.decision_id, 3 AS place, 'full' AS ground, r.full_count AS figure
    FROM runs r
    JOIN ordered o ON o.org_id = r.org_id
        AND o.deciding_body = r.deciding_body
        AND o.breaks = r.breaks
        AND o.passed_at = r.last_at
),
ranked AS (
    SELECT
        f.*,
        ROW_NUMBER() OVER (PARTITION BY f.decision_id ORDER BY f.place, f.ground) AS turn
    FROM fault f
)
SELECT
    'decision' AS finding_kind,
    d.decision_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(COALESCE(d.passed_at, $as_of), '%Y-%m') AS period,
    CAST(COALESCE(d.passed_at, $as_of) AS DATE) AS business_date,
    r.ground,
    d.title,
    CAST(r.figure AS BIGINT) AS figure
FROM ranked r
JOIN stg_decision d ON d.decision_id = r.decision_id
WHERE r.turn = 1
