WITH shared_device AS (
    -- Only where several people act; each act of a busy officer is not held against all his own.
    SELECT a.device_hash
    FROM stg_approval a
    WHERE a.device_hash <> ''
    GROUP BY a.device_hash
    HAVING MIN(a.actor_person_id) <> MAX(a.actor_person_id)
),
on_shared AS (
    SELECT a.approval_id, a.actor_person_id, a.acted_at, a.device_hash
    FROM stg_approval a
    JOIN shared_device s ON s.device_hash = a.device_hash
    JOIN stg_case c ON c.case_id = a.subject_id
    WHERE a.action = 'approve'
),
met AS (
    SELECT DISTINCT a.approval_id, a.actor_person_id
    FROM on_shared a
    JOIN on_shared b ON b.device_hash = a.device_hash
        AND b.actor_person_id <> a.actor_person_id
        AND ABS(date_diff('second', b.acted_at, a.acted_at)) <= $minutes * 60
),
gone AS (
    SELECT
        n.person_id,
        MIN(LEAST(COALESCE(n.death_date, x.death_date), COALESCE(x.death_date, n.death_date)))
            AS death_date
    FROM stg_person n
    LEFT JOIN stg_ext_death x ON x.id_no_hash = n.id_no_hash
    WHERE COALESCE(n.death_date, x.death_date) IS NOT NULL
    GROUP BY n.person_id
),
suspect AS (
    -- Who has a single act that is odd; nobody else's months are summed up.
    SELECT a.actor_person_id
    FROM stg_approval a
    WHERE date_diff('second', a.opened_at, a.acted_at) < $seconds
    UNION
    SELECT m.actor_person_id FROM met m
    UNION
    SELECT g.person_id FROM gone g
),
summed AS (
    SELECT
        a.actor_person_id,
        c.village_id,
        date_trunc('month', a.acted_at) AS month_start,
        MIN(c.org_id) AS org_id,
        MIN(a.approval_id) AS approval_id,
        MIN(g.death_date) AS death_date,
        MAX(CAST(a.acted_at AS DATE)) AS last_day,
        COUNT(date_diff('second', a.opened_at, a.acted_at)) AS item_count,
        COUNT(CASE WHEN date_diff('second', a.opened_at, a.acted_at) < $seconds THEN 1 END)
            AS fast_count,
        COUNT(m.approval_id) AS shared_count,
        COUNT(CASE WHEN CAST(a.acted_at AS DATE) > g.death_date THEN 1 END) AS dead_count
    FROM stg_approval a
    JOIN suspect s ON s.actor_person_id = a.actor_person_id
    JOIN stg_case c ON c.case_id = a.subject_id
    LEFT JOIN gone g ON g.person_id = a.actor_person_id
    LEFT JOIN met m ON m.approval_id = a.approval_id
    WHERE a.action = 'approve'
    GROUP BY a.actor_person_id, c.village_id, date_trunc('month', a.acted_at)
),
judged AS (
    SELECT
        s.*,
        CASE
            WHEN s.dead_count > 0 THEN 'dead'
            WHEN s.shared_count > 0 THEN 'device'
            WHEN s.item_count >= $item_min AND s.fast_count * 2 > s.item_count THEN 'fast'
        END AS ground
    FROM summed s
)
SELECT
    'approval' AS finding_kind,
    j.approval_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.month_start, '%Y-%m') AS period,
    j.last_day AS business_date,
    j.ground,
    n.name AS person_name,
    strftime(j.month_start, '%Y-%m') AS month_name,
    CAST(j.item_count AS BIGINT) AS item_count,
    CAST(j.fast_count AS BIGINT) AS fast_count,
    CAST(j.shared_count AS BIGINT) AS shared_count,
    j.death_date
FROM judged j
JOIN stg_person n ON n.person_id = j.actor_person_id
WHERE j.ground IS NOT NULL
