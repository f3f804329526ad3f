WITH both_ways AS (
    SELECT k.person_id, k.relative_person_id, k.is_statutory_kin FROM stg_kinship k
    UNION ALL
    SELECT k.relative_person_id, k.person_id, k.is_statutory_kin FROM stg_kinship k
),
staff AS (
    SELECT t.person_id, t.village_id, o.division_code, t.role_code, t.start_date, t.end_date
    FROM stg_appointment t
    JOIN stg_org o ON o.org_id = t.org_id
),
near AS (
    SELECT s.* FROM staff s
    UNION ALL
    SELECT b.relative_person_id, s.village_id, s.division_code, s.role_code, s.start_date,
        s.end_date
    FROM staff s
    JOIN both_ways b ON b.person_id = s.person_id AND b.is_statutory_kin
),
found AS (
    SELECT c.case_id, MIN(n.name) AS person_name
    FROM stg_aid_case c
    JOIN stg_person n ON n.household_id = c.household_id
    JOIN near r ON r.person_id = n.person_id
        AND (
            (r.village_id = c.village_id AND list_contains($cadre_roles, r.role_code))
            OR (
                r.division_code = SUBSTR(c.village_id, 1, 9) || '000'
                AND list_contains($staff_roles, r.role_code)
            )
        )
        AND r.start_date <= CAST(c.applied_at AS DATE)
        AND (r.end_date IS NULL OR r.end_date >= CAST(c.applied_at AS DATE))
    WHERE c.kin_filed_at IS NULL AND c.status NOT IN ('refused', 'stopped')
    GROUP BY c.case_id
)
SELECT
    'aid_case' AS finding_kind,
    c.case_id AS finding_id,
    c.village_id,
    c.org_id,
    strftime(c.applied_at, '%Y-%m') AS period,
    CAST(c.applied_at AS DATE) AS business_date,
    f.person_name,
    CASE c.kind WHEN 'low_income' THEN '低保' WHEN 'destitute' THEN '特困'
        WHEN 'temporary' THEN '临时救助' WHEN 'margin' THEN '低保边缘' ELSE '受灾救助' END AS kind_name
FROM found f
JOIN stg_aid_case c ON c.case_id = f.case_id
