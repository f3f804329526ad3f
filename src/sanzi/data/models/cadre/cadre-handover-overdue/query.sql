WITH open AS (
    SELECT
        'handover' AS finding_kind,
        h.handover_id AS finding_id,
        h.village_id,
        h.org_id,
        h.person_id,
        h.role_code,
        h.left_date,
        date_diff('day', h.left_date, CAST($as_of AS DATE)) AS late_days,
        CASE WHEN h.handed_over_at IS NULL THEN 'handover' ELSE 'audit' END AS ground,
        CASE WHEN h.handed_over_at IS NULL THEN $handover_days ELSE $audit_days END AS due_days
    FROM stg_handover h
    WHERE h.audited_at IS NULL
    UNION ALL
    SELECT
        'appointment' AS finding_kind,
        t.appointment_id AS finding_id,
        t.village_id,
        t.org_id,
        t.person_id,
        t.role_code,
        t.end_date AS left_date,
        date_diff('day', t.end_date, CAST($as_of AS DATE)) AS late_days,
        'unopened' AS ground,
        $handover_days AS due_days
    FROM stg_appointment t
    WHERE list_contains($handover_roles, t.role_code)
        AND date_diff('day', t.end_date, CAST($as_of AS DATE)) <= $look_back_days
        AND NOT EXISTS (
            SELECT 1 FROM stg_handover h
            WHERE h.person_id = t.person_id
                AND h.role_code = t.role_code
                AND h.left_date >= t.start_date
        )
        AND NOT EXISTS (
            SELECT 1 FROM stg_appointment u
            WHERE u.person_id = t.person_id
                AND u.role_code = t.role_code
                AND u.org_id = t.org_id
                AND u.start_date > t.start_date
        )
)
SELECT
    o.finding_kind,
    o.finding_id,
    o.village_id,
    o.org_id,
    strftime(o.left_date, '%Y-%m') AS period,
    o.left_date AS business_date,
    o.ground,
    n.name AS person_name,
    o.role_code,
    o.left_date,
    o.late_days
FROM open o
LEFT JOIN stg_person n ON n.person_id = o.person_id
WHERE o.late_days > o.due_days
