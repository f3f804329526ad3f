WITH dead AS (
    -- Both registers are asked; the earlier day counts.
    SELECT n.person_id, n.household_id, n.name, n.birth_date, LEAST(
        COALESCE(n.death_date, x.death_date), COALESCE(x.death_date, n.death_date)
    ) AS death_date
    FROM stg_person n
    LEFT JOIN stg_ext_death x ON x.id_no_hash = n.id_no_hash
),
aged AS (
    SELECT
        d.*,
        date_diff('day', d.death_date, CAST($as_of AS DATE)) AS late_days,
        date_diff('year', d.birth_date, d.death_date)
            - CASE WHEN strftime(d.birth_date, '%m-%d') > strftime(d.death_date, '%m-%d')
                THEN 1 ELSE 0 END AS age
    FROM dead d
),
chosen AS (
    SELECT
        a.*,
        ROW_NUMBER() OVER (
            PARTITION BY a.household_id ORDER BY a.death_date DESC, a.person_id
        ) AS place
    FROM aged a
    WHERE a.age >= $min_age AND a.age <= $max_age
        AND a.late_days > $days AND a.late_days <= $look_back_days
        AND NOT EXISTS (
            SELECT 1
            FROM stg_aid_case c
            WHERE c.household_id = a.household_id
                AND CAST(c.applied_at AS DATE) >= a.death_date
        )
),
left_over AS (
    SELECT d.household_id, COUNT(*) AS left_count
    FROM dead d
    WHERE d.death_date IS NULL
    GROUP BY d.household_id
)
SELECT
    'household' AS finding_kind,
    h.household_id AS finding_id,
    h.village_id,
    MIN(o.org_id) AS org_id,
    strftime(c.death_date, '%Y-%m') AS period,
    c.death_date AS business_date,
    c.name AS person_name,
    c.death_date,
    c.age,
    CAST(l.left_count AS BIGINT) AS left_count,
    c.late_days
FROM chosen c
JOIN stg_household h ON h.household_id = c.household_id
JOIN left_over l ON l.household_id = c.household_id
LEFT JOIN stg_org o ON o.village_id = h.village_id
WHERE c.place = 1
GROUP BY h.household_id, h.village_id, c.death_date, c.name, c.age, l.left_count, c.late_days
