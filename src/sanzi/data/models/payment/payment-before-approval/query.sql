WITH booked AS (
    SELECT t.payment_id, MIN(t.booked_at) AS booked_at
    FROM stg_bank_txn t
    WHERE t.direction = 'out'
    GROUP BY t.payment_id
),
paid AS (
    SELECT
        p.payment_id,
        p.case_id,
        p.is_backfilled,
        p.amount_fen,
        LEAST(COALESCE(p.paid_at, b.booked_at), COALESCE(b.booked_at, p.paid_at)) AS left_at
    FROM stg_payment p
    LEFT JOIN booked b ON b.payment_id = p.payment_id
    WHERE p.status IN ('approved', 'dispatched', 'paid')
        AND NOT list_contains($standing_subjects, p.subject_code)
),
signed AS (
    SELECT a.subject_id AS case_id, MAX(a.acted_at) AS acted_at
    FROM stg_approval a
    WHERE a.action = 'approve' AND list_contains($deciding_roles, a.role_code)
    GROUP BY a.subject_id
),
judged AS (
    SELECT
        p.payment_id,
        p.left_at,
        s.acted_at,
        CASE
            WHEN p.left_at < s.acted_at THEN 'before'
            WHEN p.is_backfilled AND p.amount_fen >= $floor_fen THEN 'backfilled'
        END AS ground
    FROM paid p
    LEFT JOIN signed s ON s.case_id = p.case_id
)
SELECT
    'payment' AS finding_kind,
    p.payment_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(COALESCE(j.left_at, p.created_at), '%Y-%m') AS period,
    CAST(COALESCE(j.left_at, p.created_at) AS DATE) AS business_date,
    j.ground,
    p.amount_fen,
    p.purpose,
    CAST(j.left_at AS DATE) AS left_on,
    CAST(j.acted_at AS DATE) AS acted_on
FROM judged j
JOIN stg_payment p ON p.payment_id = j.payment_id
WHERE j.ground IS NOT NULL
