WITH dead AS (
    -- Both registers are asked; the earlier day counts.
    SELECT n.person_id, n.name, LEAST(
        COALESCE(n.death_date, x.death_date), COALESCE(x.death_date, n.death_date)
    ) AS death_date
    FROM stg_person n
    LEFT JOIN stg_ext_death x ON x.id_no_hash = n.id_no_hash
),
live AS (
    SELECT
        a.*,
        CAST(CASE WHEN LENGTH(a.period) = 7 THEN a.period || '-01'
            ELSE a.period || '-01-01' END AS DATE) AS first_day
    FROM stg_award a
    WHERE a.status <> 'removed'
)
SELECT
    'award' AS finding_kind,
    a.award_id AS finding_id,
    a.village_id,
    a.org_id,
    strftime(a.first_day, '%Y-%m') AS period,
    CAST(COALESCE(a.paid_at, a.approved_at, $as_of) AS DATE) AS business_date,
    CASE WHEN x.death_date < a.first_day THEN 'period' ELSE 'paid' END AS ground,
    x.name AS person_name,
    x.death_date,
    p.name AS program_name,
    a.period AS period_name,
    a.amount_fen,
    CAST(a.paid_at AS DATE) AS paid_on
FROM live a
JOIN dead x ON x.person_id = a.person_id
LEFT JOIN stg_program p ON p.program_id = a.program_id
WHERE x.death_date < a.first_day
    OR (
        LENGTH(a.period) = 7
        AND date_diff('day', x.death_date, CAST(a.paid_at AS DATE)) > $grace_days
    )
