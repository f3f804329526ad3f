WITH in_force AS (
    SELECT t.*, COALESCE(t.village_id, t.org_id) AS place
    FROM stg_appointment t
    WHERE t.start_date <= CAST($as_of AS DATE)
        AND (t.end_date IS NULL OR t.end_date >= CAST($as_of AS DATE))
),
pair AS (
    SELECT
        CASE WHEN a.start_date >= b.start_date THEN a.appointment_id ELSE b.appointment_id END
            AS appointment_id,
        CASE WHEN a.start_date >= b.start_date THEN b.role_code ELSE a.role_code END
            AS other_role
    FROM in_force a
    JOIN in_force b ON b.person_id = a.person_id
        AND b.place = a.place
        AND list_contains($pairs, a.role_code || '|' || b.role_code)
),
found AS (
    SELECT
        'appointment' AS finding_kind, p.appointment_id AS finding_id, t.village_id, t.org_id,
        t.start_date AS day, t.person_id, t.role_code, p.other_role
    FROM pair p
    JOIN in_force t ON t.appointment_id = p.appointment_id
    UNION ALL
    SELECT
        'hire' AS finding_kind, h.hire_id AS finding_id, h.village_id, h.org_id,
        h.start_date AS day, h.person_id, h.role_code, a.role_code AS other_role
    FROM stg_hire h
    JOIN in_force a ON a.person_id = h.person_id
        AND a.village_id = h.village_id
        AND (
            list_contains($pairs, a.role_code || '|' || h.role_code)
            OR list_contains($pairs, h.role_code || '|' || a.role_code)
        )
    WHERE h.status IN ('chosen', 'shown', 'signed')
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
    MIN(f.other_role) AS other_role
FROM found f
LEFT JOIN stg_person n ON n.person_id = f.person_id
GROUP BY f.finding_kind, f.finding_id, f.village_id, f.org_id, f.day, n.name, f.role_code
