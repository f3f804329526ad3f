WITH dead AS (
    -- Both registers are asked; the earlier day counts.
    SELECT n.person_id, n.household_id, n.name, LEAST(
        COALESCE(n.death_date, x.death_date), COALESCE(x.death_date, n.death_date)
    ) AS death_date
    FROM stg_person n
    LEFT JOIN stg_ext_death x ON x.id_no_hash = n.id_no_hash
),
judged AS (
    SELECT
        c.case_id,
        MAX(d.death_date) AS death_date,
        COUNT(*) = COUNT(d.death_date) AS is_all
    FROM stg_aid_case c
    JOIN dead d ON d.household_id = c.household_id
    GROUP BY c.case_id
)
SELECT
    'aid_case' AS finding_kind,
    c.case_id AS finding_id,
    c.village_id,
    c.org_id,
    strftime(c.paid_at, '%Y-%m') AS period,
    CAST(c.paid_at AS DATE) AS business_date,
    CASE WHEN j.is_all THEN 'all' ELSE 'member' END AS ground,
    (
        SELECT MIN(d.name) FROM dead d
        WHERE d.household_id = c.household_id AND d.death_date = j.death_date
    ) AS person_name,
    j.death_date,
    CAST(c.paid_at AS DATE) AS paid_on,
    c.monthly_fen
FROM judged j
JOIN stg_aid_case c ON c.case_id = j.case_id
WHERE date_diff('day', j.death_date, CAST(c.paid_at AS DATE)) > $grace_days
    AND (j.is_all OR c.last_recheck_date IS NULL OR c.last_recheck_date < j.death_date)
