WITH live AS (
    SELECT
        a.*,
        p.name AS program_name,
        p.excludes_payroll,
        p.excludes_moved_out,
        list_contains($means_programs, p.code) AS is_means,
        CAST(CASE WHEN LENGTH(a.period) = 7 THEN a.period || '-01'
            ELSE a.period || '-01-01' END AS DATE) AS first_day,
        CAST(CASE WHEN LENGTH(a.period) = 7 THEN a.period || '-28'
            ELSE a.period || '-12-31' END AS DATE) AS last_day
    FROM stg_award a
    JOIN stg_program p ON p.program_id = a.program_id
    WHERE a.status <> 'removed'
),
matched AS (
    SELECT
        a.award_id,
        n.name AS person_name,
        s.since_date,
        CASE
            WHEN a.excludes_payroll AND s.kind = 'payroll' THEN 'payroll'
            WHEN a.excludes_moved_out AND s.kind = 'moved_out' THEN 'moved_out'
            WHEN a.is_means AND s.kind IN ('company', 'custody') THEN 'means'
            WHEN a.is_means AND s.kind IN ('vehicle', 'house')
                AND s.value_fen > $value_max_fen THEN 'means'
        END AS ground
    FROM live a
    JOIN stg_person n ON n.person_id = a.person_id
    JOIN stg_ext_status s ON s.id_no_hash = n.id_no_hash
        AND s.since_date <= a.last_day
        AND (s.until_date IS NULL OR s.until_date >= a.first_day)
),
ruled AS (
    SELECT
        m.award_id,
        MAX(m.ground) AS ground,
        MIN(m.person_name) AS person_name,
        MIN(m.since_date) AS since_date
    FROM matched m
    WHERE m.ground IS NOT NULL
    GROUP BY m.award_id
)
SELECT
    'award' AS finding_kind,
    a.award_id AS finding_id,
    a.village_id,
    a.org_id,
    SUBSTR(a.period || '-01', 1, 7) AS period,
    CAST(COALESCE(a.approved_at, a.paid_at, $as_of) AS DATE) AS business_date,
    r.ground,
    r.person_name,
    a.program_name,
    a.amount_fen,
    r.since_date
FROM ruled r
JOIN live a ON a.award_id = r.award_id
