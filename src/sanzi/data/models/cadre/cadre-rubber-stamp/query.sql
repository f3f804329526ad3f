WITH acts AS (
    SELECT
        a.approval_id,
        a.actor_person_id,
        a.acted_at,
        NULLIF(a.device_hash, '') AS device_hash,
        date_diff('second', a.opened_at, a.acted_at) AS took,
        c.village_id,
        c.org_id,
        strftime(a.acted_at, '%Y-%m') AS month_name
    FROM stg_approval a
    JOIN stg_case c ON c.case_id = a.subject_id
    WHERE a.action = 'approve'
),
shared_device AS (
    -- Only where several people act; each act of a busy officer is not held against all his own.
    SELECT a.device_hash
    FROM acts a
    GROUP BY a.device_hash
    HAVING MIN(a.actor_person_id) <> MAX(a.actor_person_id)
),
on_shared AS (
    SELECT a.*
    FROM acts a
    JOIN shared_device s ON s.device_hash = a.device_hash
),
met AS (
    SELECT DISTINCT a.approval_id
    FROM on_shared a
    JOIN on_shared b ON b.device_hash = a.device_hash
        AND b.actor_person_id <> a.actor_person_id
        AND ABS(date_diff('second', b.acted_at, a.acted_at)) <= $minutes * 60
),
weighed AS (
    SELECT
        a.*,
        m.approval_id IS NOT NULL AS is_shared,
        n.name AS person_name,
        LEAST(COALESCE(n.death_date, x.death_date), COALESCE(x.death_date, n.death_date))
            AS death_date
    FROM acts a
    JOIN stg_person n ON n.person_id = a.actor_person_id
    LEFT JOIN stg_ext_death x ON x.id_no_hash = n.id_no_hash
    LEFT JOIN met m ON m.approval_id = a.approval_id
),
summed AS (
    SELECT
        w.actor_person_id,
        w.village_id,
        w.month_name,
        MIN(w.org_id) AS org_id,
        MIN(w.approval_id) AS approval_id,
        MIN(w.person_name) AS person_name,
        MIN(w.death_date) AS death_date,
        MAX(CAST(w.acted_at AS DATE)) AS last_day,
        COUNT(w.took) AS item_count,
        COUNT(CASE WHEN w.took < $seconds THEN 1 END) AS fast_count,
        COUNT(CASE WHEN w.is_shared THEN 1 END) AS shared_count,
        COUNT(CASE WHEN CAST(w.acted_at AS DATE) > w.death_date THEN 1 END) AS dead_count
    FROM weighed w
    GROUP BY w.actor_person_id, w.village_id, w.month_name
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
    j.month_name AS period,
    j.last_day AS business_date,
    j.ground,
    j.person_name,
    j.month_name,
    CAST(j.item_count AS BIGINT) AS item_count,
    CAST(j.fast_count AS BIGINT) AS fast_count,
    CAST(j.shared_count AS BIGINT) AS shared_count,
    j.death_date
FROM judged j
WHERE j.ground IS NOT NULL
