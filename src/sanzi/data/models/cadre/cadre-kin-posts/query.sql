WITH in_force AS (
    SELECT t.*
    FROM stg_appointment t
    WHERE t.start_date <= CAST($as_of AS DATE)
        AND (t.end_date IS NULL OR t.end_date >= CAST($as_of AS DATE))
),
kin AS (
    SELECT w.person_id, w.relative_person_id
    FROM (
        SELECT k.person_id, k.relative_person_id, k.is_statutory_kin FROM stg_kinship k
        UNION
        SELECT k.relative_person_id, k.person_id, k.is_statutory_kin FROM stg_kinship k
    ) w
    WHERE w.is_statutory_kin
),
pair AS (
    SELECT
        CASE WHEN a.start_date >= b.start_date THEN a.appointment_id ELSE b.appointment_id END
            AS appointment_id,
        CASE WHEN a.start_date >= b.start_date THEN b.appointment_id ELSE a.appointment_id END
            AS other_id
    FROM in_force a
    JOIN kin k ON k.person_id = a.person_id
    JOIN in_force b ON b.person_id = k.relative_person_id
        AND b.village_id = a.village_id
        AND list_contains($pairs, a.role_code || '|' || b.role_code)
),
found AS (
    SELECT
        'appointment' AS finding_kind, t.appointment_id AS finding_id, t.village_id, t.org_id,
        t.start_date AS day, t.person_id, t.role_code, MIN(p.other_id) AS other_id
    FROM pair p
    JOIN in_force t ON t.appointment_id = p.appointment_id
    GROUP BY t.appointment_id, t.village_id, t.org_id, t.start_date, t.person_id, t.role_code
    UNION ALL
    SELECT
        'hire' AS finding_kind, h.hire_id AS finding_id, h.village_id, h.org_id,
        h.start_date AS day, h.person_id, h.role_code, MIN(a.appointment_id) AS other_id
    FROM stg_hire h
    JOIN kin k ON k.person_id = h.person_id
    JOIN in_force a ON a.person_id = k.relative_person_id
        AND a.village_id = h.village_id
        AND (
            list_contains($pairs, a.role_code || '|' || h.role_code)
            OR list_contains($pairs, h.role_code || '|' || a.role_code)
        )
    WHERE h.status IN ('chosen', 'shown', 'signed')
    GROUP BY h.hire_id, h.village_id, h.org_id, h.start_date, h.person_id, h.role_code
)
SELECT
    f.finding_kind,
    f.finding_id,
    f.village_id,
    f.org_id,
    strftime(f.day, '%Y-%m') AS period,
    f.day AS business_date,
    n.name AS person_name,
    f.role_code,
    m.name AS other_name,
    o.role_code AS other_role
FROM found f
JOIN in_force o ON o.appointment_id = f.other_id
LEFT JOIN stg_person n ON n.person_id = f.person_id
LEFT JOIN stg_person m ON m.person_id = o.person_id
