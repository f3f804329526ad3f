WITH signed AS (
    SELECT w.works_id, w.village_id, w.org_id, w.name, c.sign_date
    FROM stg_works w
    JOIN stg_contract c ON c.contract_id = w.contract_id
    WHERE c.sign_date IS NOT NULL
),
done AS (
    SELECT s.works_id, k.person_id, k.kind
    FROM signed s
    JOIN stg_works_commitment k ON k.works_id = s.works_id
        AND CAST(k.signed_at AS DATE) <= s.sign_date
),
serving AS (
    SELECT DISTINCT s.works_id, t.person_id
    FROM signed s
    JOIN stg_appointment t ON t.village_id = s.village_id
        AND list_contains($promising_roles, t.role_code)
        AND t.start_date <= s.sign_date
        AND COALESCE(t.end_date >= s.sign_date, TRUE)
),
promised AS (
    SELECT
        v.works_id,
        COUNT(*) AS serving_count,
        COUNT(d.person_id) AS promised_count
    FROM serving v
    LEFT JOIN done d ON d.works_id = v.works_id
        AND d.person_id = v.person_id
        AND d.kind = 'commitment'
    GROUP BY v.works_id
),
reminded AS (
    SELECT
        d.works_id,
        COUNT(CASE WHEN d.kind = 'reminder_cadre' THEN 1 END) AS cadre_count,
        COUNT(CASE WHEN d.kind = 'reminder_office' THEN 1 END) AS office_count
    FROM done d
    GROUP BY d.works_id
),
judged AS (
    SELECT
        s.*,
        p.serving_count,
        COALESCE(p.promised_count, 0) AS promised_count,
        CASE
            WHEN p.promised_count < p.serving_count THEN 'promise'
            WHEN COALESCE(r.cadre_count, 0) = 0 THEN 'cadre'
            WHEN r.office_count = 0 THEN 'office'
        END AS ground
    FROM signed s
    LEFT JOIN promised p ON p.works_id = s.works_id
    LEFT JOIN reminded r ON r.works_id = s.works_id
)
SELECT
    'works' AS finding_kind,
    j.works_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.sign_date, '%Y-%m') AS period,
    j.sign_date AS business_date,
    j.ground,
    j.name,
    j.sign_date AS signed_on,
    j.serving_count,
    j.promised_count
FROM judged j
WHERE j.ground IS NOT NULL
