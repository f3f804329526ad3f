WITH live AS (
    SELECT
        a.award_id,
        a.village_id,
        a.org_id,
        a.period,
        a.person_id,
        a.program_id,
        a.amount_fen,
        NULLIF(a.payee_name, '') AS payee_name,
        NULLIF(a.payee_account_hash, '') AS account_hash,
        COALESCE(NULLIF(a.household_id, ''), a.person_id) AS home,
        n.household_id,
        n.name AS person_name,
        CAST(COALESCE(a.approved_at, a.paid_at, $as_of) AS DATE) AS day
    FROM stg_award a
    LEFT JOIN stg_person n ON n.person_id = a.person_id
    WHERE a.status <> 'removed'
),
judged AS (
    SELECT
        a.*,
        EXISTS (
            SELECT 1
            FROM stg_account c
            JOIN stg_person h ON h.person_id = c.person_id
            WHERE c.account_hash = a.account_hash
                AND (h.person_id = a.person_id OR h.household_id = a.household_id)
        ) AS is_home,
        EXISTS (
            SELECT 1
            FROM stg_account c
            JOIN stg_appointment t ON t.person_id = c.person_id
                AND t.village_id = a.village_id
                AND list_contains($cadre_roles, t.role_code)
                AND t.start_date <= a.day
                AND (t.end_date IS NULL OR t.end_date >= a.day)
            WHERE c.account_hash = a.account_hash
        ) AS is_cadres,
        EXISTS (
            SELECT 1
            FROM live b
            WHERE b.account_hash = a.account_hash AND b.home <> a.home
        ) AS is_shared
    FROM live a
),
ruled AS (
    SELECT
        j.*,
        CASE
            WHEN j.is_cadres THEN 'cadre'
            WHEN j.is_shared THEN 'shared'
            WHEN j.payee_name <> j.person_name THEN 'name'
        END AS ground
    FROM judged j
    WHERE NOT j.is_home
)
SELECT
    'award' AS finding_kind,
    u.award_id AS finding_id,
    u.village_id,
    u.org_id,
    SUBSTR(u.period || '-01', 1, 7) AS period,
    u.day AS business_date,
    u.ground,
    u.person_name,
    COALESCE(u.payee_name, u.person_name) AS payee_name,
    p.name AS program_name,
    u.amount_fen
FROM ruled u
LEFT JOIN stg_program p ON p.program_id = u.program_id
WHERE u.ground IS NOT NULL
