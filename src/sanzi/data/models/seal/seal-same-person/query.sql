WITH used AS (
    SELECT
        u.*,
        CAST(COALESCE(u.approved_at, u.requested_at, u.stamped_at, $as_of) AS DATE) AS used_on
    FROM stg_seal_use u
    WHERE u.status <> 'ended'
),
leader AS (
    SELECT x.seal_use_id, MIN(a.role_code) AS role_code
    FROM used x
    JOIN stg_appointment a ON a.person_id = x.keeper_person_id
        AND a.village_id = x.village_id
        AND a.start_date <= x.used_on
        AND COALESCE(a.end_date, x.used_on) >= x.used_on
        AND list_contains($not_keepers, a.role_code)
    GROUP BY x.seal_use_id
),
judged AS (
    SELECT
        x.*,
        l.role_code,
        CASE
            WHEN x.approver_person_id = x.keeper_person_id THEN 'keeper'
            WHEN x.approver_person_id = x.applicant_person_id THEN 'applicant'
            WHEN l.role_code IS NOT NULL THEN 'leader'
        END AS ground
    FROM used x
    LEFT JOIN leader l ON l.seal_use_id = x.seal_use_id
)
SELECT
    'seal_use' AS finding_kind,
    j.seal_use_id AS finding_id,
    j.village_id,
    s.org_id,
    strftime(j.used_on, '%Y-%m') AS period,
    j.used_on AS business_date,
    j.ground,
    s.title AS seal,
    j.item_title,
    p.name AS person_name,
    j.role_code
FROM judged j
JOIN stg_seal s ON s.seal_id = j.seal_id
LEFT JOIN stg_person p
    ON p.person_id = CASE WHEN j.ground = 'leader' THEN j.keeper_person_id ELSE j.approver_person_id END
WHERE j.ground IS NOT NULL
