WITH both_ways AS (
    SELECT k.person_id, k.relative_person_id, k.is_extended_kin FROM stg_kinship k
    UNION ALL
    SELECT k.relative_person_id, k.person_id, k.is_extended_kin FROM stg_kinship k
),
cadre AS (
    SELECT t.person_id, t.village_id, t.start_date, t.end_date
    FROM stg_appointment t
    WHERE list_contains($cadre_roles, t.role_code)
),
near AS (
    SELECT c.person_id, c.village_id, c.start_date, c.end_date FROM cadre c
    UNION ALL
    SELECT b.relative_person_id, c.village_id, c.start_date, c.end_date
    FROM cadre c
    JOIN both_ways b ON b.person_id = c.person_id AND b.is_extended_kin
),
live AS (
    SELECT
        a.*,
        p.name AS program_name,
        p.needs_land,
        list_contains($discretion_programs, p.code) AS is_discretion,
        CAST(COALESCE(a.approved_at, a.paid_at, $as_of) AS DATE) AS day
    FROM stg_award a
    JOIN stg_program p ON p.program_id = a.program_id
    WHERE a.status <> 'removed'
),
judged AS (
    SELECT
        a.*,
        r.roster_id,
        EXISTS (
            SELECT 1
            FROM near c
            WHERE c.person_id = a.person_id
                AND c.village_id = a.village_id
                AND c.start_date <= a.day
                AND (c.end_date IS NULL OR c.end_date >= a.day)
        ) AS is_near
    FROM live a
    LEFT JOIN stg_roster r ON r.case_id = a.case_id
),
ruled AS (
    SELECT
        j.*,
        CASE
            WHEN j.roster_id IS NOT NULL AND j.approved_at IS NOT NULL
                AND j.publicity_start_at IS NULL THEN 'unshown'
            WHEN NOT j.needs_land AND j.publicity_start_at IS NOT NULL
                AND j.kin_declared_at IS NULL THEN 'unfiled'
            WHEN j.is_discretion THEN 'discretion'
        END AS ground
    FROM judged j
),
summed AS (
    SELECT
        j.village_id,
        SUBSTR(j.period, 1, 4) AS year,
        MIN(j.org_id) AS org_id,
        MAX(j.day) AS last_day,
        CAST(SUM(j.amount_fen) AS BIGINT) AS total_fen,
        CAST(SUM(CASE WHEN j.is_near THEN j.amount_fen ELSE 0 END) AS BIGINT) AS near_fen
    FROM judged j
    WHERE j.is_discretion
    GROUP BY j.village_id, SUBSTR(j.period, 1, 4)
)
SELECT
    'award' AS finding_kind,
    u.award_id AS finding_id,
    u.village_id,
    u.org_id,
    SUBSTR(u.period || '-01', 1, 7) AS period,
    u.day AS business_date,
    u.ground,
    n.name AS person_name,
    u.program_name,
    u.amount_fen,
    CAST(NULL AS BIGINT) AS total_fen
FROM ruled u
LEFT JOIN stg_person n ON n.person_id = u.person_id
WHERE u.is_near AND u.ground IS NOT NULL
UNION ALL
SELECT
    'division' AS finding_kind,
    s.village_id AS finding_id,
    s.village_id,
    s.org_id,
    s.year AS period,
    s.last_day AS business_date,
    'share' AS ground,
    CAST(NULL AS VARCHAR) AS person_name,
    CAST(NULL AS VARCHAR) AS program_name,
    s.near_fen AS amount_fen,
    s.total_fen
FROM summed s
WHERE s.near_fen * 100 > s.total_fen * $max_share
