WITH lent AS (
    SELECT
        d.debt_id,
        d.village_id,
        d.org_id,
        d.kind,
        d.person_id,
        d.decision_id,
        d.balance_fen,
        o.name AS body_name,
        COALESCE(CAST(d.incurred_at AS DATE), d.due_date, CAST($as_of AS DATE)) AS begun_on
    FROM stg_debt d
    JOIN stg_org o ON o.org_id = d.org_id
    WHERE d.kind IN ('guarantee', 'lend_out')
        AND d.balance_fen > 0
        AND d.status IN ('approved', 'standing')
),
officers AS (
    SELECT a.person_id
    FROM stg_appointment a
    WHERE a.start_date <= CAST($as_of AS DATE)
        AND COALESCE(a.end_date, CAST($as_of AS DATE)) >= CAST($as_of AS DATE)
        AND list_contains($office_roles, a.role_code)
),
near AS (
    SELECT f.person_id FROM officers f
    UNION
    SELECT k.relative_person_id
    FROM stg_kinship k
    JOIN officers f ON f.person_id = k.person_id
    WHERE k.is_statutory_kin
    UNION
    SELECT k.person_id
    FROM stg_kinship k
    JOIN officers f ON f.person_id = k.relative_person_id
    WHERE k.is_statutory_kin
),
judged AS (
    SELECT
        l.*,
        CASE
            WHEN l.kind = 'guarantee' THEN 'guarantee'
            WHEN l.person_id IN (SELECT n.person_id FROM near n) THEN 'to_cadre'
            WHEN COALESCE(l.decision_id, '') = '' THEN 'undecided'
        END AS ground
    FROM lent l
)
SELECT
    'debt' AS finding_kind,
    j.debt_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.begun_on, '%Y-%m') AS period,
    j.begun_on AS business_date,
    j.ground,
    j.body_name,
    j.balance_fen
FROM judged j
WHERE j.ground IS NOT NULL
