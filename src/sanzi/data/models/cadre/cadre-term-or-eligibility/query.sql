WITH posts AS (
    SELECT
        t.*,
        n.name AS person_name,
        n.id_no_hash,
        t.end_date IS NULL OR t.end_date >= CAST($as_of AS DATE) AS is_open
    FROM stg_appointment t
    LEFT JOIN stg_person n ON n.person_id = t.person_id
    WHERE t.start_date <= CAST($as_of AS DATE)
),
acted AS (
    SELECT p.appointment_id, MAX(CAST(a.acted_at AS DATE)) AS acted_on
    FROM posts p
    JOIN stg_approval a ON a.actor_person_id = p.person_id
        AND a.role_code = p.role_code
        AND date_diff('day', p.end_date, CAST(a.acted_at AS DATE)) > $days
    LEFT JOIN posts u ON u.person_id = p.person_id
        AND u.role_code = p.role_code
        AND u.start_date > p.start_date
    WHERE u.appointment_id IS NULL
    GROUP BY p.appointment_id
),
held AS (
    SELECT p.appointment_id, MIN(s.since_date) AS since_date
    FROM posts p
    JOIN stg_ext_status s ON s.id_no_hash = p.id_no_hash
        AND s.kind = 'custody'
        AND s.since_date <= CAST($as_of AS DATE)
        AND (s.until_date IS NULL OR s.until_date >= CAST($as_of AS DATE))
    GROUP BY p.appointment_id
),
judged AS (
    SELECT
        p.*,
        a.acted_on,
        h.since_date AS held_since,
        CASE
            WHEN p.is_open AND p.role_code = 'supervision_head' AND EXISTS (
                SELECT 1
                FROM posts b
                WHERE b.person_id = p.person_id
                    AND b.village_id = p.village_id
                    AND b.role_code = 'village_secretary'
                    AND b.is_open
            ) THEN 'head'
            WHEN p.is_open AND h.appointment_id IS NOT NULL THEN 'custody'
            WHEN a.appointment_id IS NOT NULL THEN 'acts'
            WHEN p.end_date IS NULL AND list_contains($elected_roles, p.role_code)
                AND date_diff('day', p.start_date, CAST($as_of AS DATE)) > $term_days + $days
                THEN 'term'
        END AS ground
    FROM posts p
    LEFT JOIN acted a ON a.appointment_id = p.appointment_id
    LEFT JOIN held h ON h.appointment_id = p.appointment_id
)
SELECT
    'appointment' AS finding_kind,
    j.appointment_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.start_date, '%Y-%m') AS period,
    COALESCE(j.end_date, j.start_date) AS business_date,
    j.ground,
    j.person_name,
    j.role_code,
    CASE j.ground WHEN 'custody' THEN j.held_since WHEN 'acts' THEN j.end_date
        ELSE j.start_date END AS since_date,
    j.acted_on
FROM judged j
WHERE j.ground IS NOT NULL
