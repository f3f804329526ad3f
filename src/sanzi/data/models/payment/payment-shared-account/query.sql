WITH dated AS (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at,
        p.status IN ('submitted', 'approved', 'dispatched', 'paid') AS is_live
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
        AND list_contains($personal_kinds, p.source_kind)
),
numbered AS (
    SELECT
        d.*,
        ROW_NUMBER() OVER (
            ORDER BY d.business_at, CASE WHEN d.is_live THEN 0 ELSE 1 END, d.case_id, d.line_no,
                d.payment_id
        ) AS seq
    FROM dated d
),
shared AS (
    -- He himself counts, and everybody before him who does not live with him.
    SELECT p.payment_id, COUNT(DISTINCT q.payee_person_id) AS people
    FROM numbered p
    JOIN numbered q ON q.payee_account_hash = p.payee_account_hash
        AND q.seq <= p.seq
        AND (q.is_live OR q.case_id = p.case_id)
    WHERE date_diff('day', CAST(q.business_at AS DATE), CAST(p.business_at AS DATE)) <= $days
        AND (q.payee_person_id = p.payee_person_id OR NOT EXISTS (
            SELECT 1
            FROM stg_person n
            JOIN stg_person m ON m.household_id = n.household_id
            WHERE n.person_id = p.payee_person_id AND m.person_id = q.payee_person_id
        ))
    GROUP BY p.payment_id
)
SELECT
    'payment' AS finding_kind,
    p.payment_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(p.business_at, '%Y-%m') AS period,
    CAST(p.business_at AS DATE) AS business_date,
    p.line_no,
    p.amount_fen,
    p.payee_name,
    s.people
FROM shared s
JOIN numbered p ON p.payment_id = s.payment_id
WHERE s.people >= $min_people
