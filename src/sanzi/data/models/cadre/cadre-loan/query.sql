WITH near AS (
    SELECT t.person_id, t.village_id, t.role_code, t.start_date, t.end_date
    FROM stg_appointment t
    UNION
    SELECT w.relative_person_id, t.village_id, t.role_code, t.start_date, t.end_date
    FROM stg_appointment t
    JOIN (
        SELECT k.person_id, k.relative_person_id, k.is_statutory_kin FROM stg_kinship k
        UNION
        SELECT k.relative_person_id, k.person_id, k.is_statutory_kin FROM stg_kinship k
    ) w ON w.person_id = t.person_id AND w.is_statutory_kin
),
owed AS (
    SELECT
        'advance' AS finding_kind, a.advance_id AS finding_id, a.village_id, a.org_id,
        a.person_id, a.amount_fen - a.cleared_fen AS left_fen,
        CAST(COALESCE(a.issued_at, $as_of) AS DATE) AS day,
        CASE
            WHEN a.kind = 'borrow' THEN 'borrow'
            WHEN date_diff('day', CAST(a.issued_at AS DATE), CAST($as_of AS DATE)) > $days
                THEN 'overdue'
        END AS ground
    FROM stg_advance a
    WHERE a.status IN ('asked', 'approved', 'out')
    UNION ALL
    SELECT
        'debt' AS finding_kind, d.debt_id AS finding_id, d.village_id, d.org_id,
        d.person_id, d.balance_fen AS left_fen,
        CAST(COALESCE(d.incurred_at, $as_of) AS DATE) AS day,
        'lend' AS ground
    FROM stg_debt d
    WHERE d.kind = 'lend_out' AND d.status IN ('asked', 'approved', 'standing')
)
SELECT
    o.finding_kind,
    o.finding_id,
    o.village_id,
    o.org_id,
    strftime(o.day, '%Y-%m') AS period,
    o.day AS business_date,
    o.ground,
    n.name AS person_name,
    o.left_fen AS amount_fen,
    date_diff('day', o.day, CAST($as_of AS DATE)) AS late_days,
    o.day AS issued_on
FROM owed o
LEFT JOIN stg_person n ON n.person_id = o.person_id
WHERE o.ground IS NOT NULL
    AND o.left_fen > 0
    AND EXISTS (
        SELECT 1
        FROM near r
        WHERE r.person_id = o.person_id
            AND r.village_id = o.village_id
            AND list_contains($cadre_roles, r.role_code)
            AND r.start_date <= o.day
            AND (r.end_date IS NULL OR r.end_date >= o.day)
    )
