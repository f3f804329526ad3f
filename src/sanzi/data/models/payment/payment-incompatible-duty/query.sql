WITH dated AS NOT MATERIALIZED (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.payment_id,
        p.case_id,
        p.line_no,
        p.source_kind,
        p.source_id,
        p.handler_person_id,
        p.payee_person_id,
        p.payee_account_hash,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
line_count AS (
    SELECT d.case_id, COUNT(*) AS lines, MIN(d.line_no) AS line_no FROM dated d GROUP BY d.case_id
),
signed AS (
    -- Who did what in the case; an officer who stands in counts for himself.
    SELECT
        a.subject_id AS case_id,
        a.actor_person_id AS person_id,
        CASE
            WHEN list_contains($handler_roles, a.role_code) THEN 'handler'
            WHEN list_contains($reviewer_roles, a.role_code) THEN 'reviewer'
            WHEN list_contains($approver_roles, a.role_code) THEN 'approver'
            WHEN a.role_code = 'agency_cashier' THEN 'cashier'
            WHEN a.role_code = 'agency_accountant' THEN 'accountant'
        END AS duty
    FROM stg_approval a
    WHERE a.action = 'approve' AND a.actor_person_id IS NOT NULL
    UNION ALL
    SELECT d.case_id, d.handler_person_id AS person_id, 'handler' AS duty
    FROM dated d
    WHERE d.handler_person_id IS NOT NULL
),
two_duties AS (
    SELECT s.case_id, s.person_id, MIN(s.duty) AS duty, MAX(s.duty) AS other_duty
    FROM signed s
    WHERE s.duty IS NOT NULL
    GROUP BY s.case_id, s.person_id
    HAVING MIN(s.duty) <> MAX(s.duty)
),
related AS (
    SELECT k.person_id, k.relative_person_id AS other_id
    FROM stg_kinship k
    WHERE k.is_statutory_kin OR ($kin_degree = 'extended' AND k.is_extended_kin)
    UNION
    SELECT k.relative_person_id AS person_id, k.person_id AS other_id
    FROM stg_kinship k
    WHERE k.is_statutory_kin OR ($kin_degree = 'extended' AND k.is_extended_kin)
),
payee AS (
    SELECT d.payment_id, d.case_id, d.payee_person_id AS person_id
    FROM dated d
    WHERE d.payee_person_id IS NOT NULL
    UNION
    SELECT d.payment_id, d.case_id, a.person_id
    FROM dated d
    JOIN stg_account a ON a.account_hash = d.payee_account_hash
    WHERE a.person_id IS NOT NULL
),
roll AS (
    -- Shares of a voted roll go to everybody, also to those who sign and to their kin.
    SELECT c.case_id
    FROM line_count c
    JOIN dated d ON d.case_id = c.case_id AND d.line_no = c.line_no
    JOIN stg_source_matter s ON s.source_id = d.source_id
    WHERE c.lines >= $roll_payees
        AND list_contains($roll_kinds, d.source_kind)
        AND s.status IN ('approved', 'closed')
),
found AS (
    SELECT d.payment_id, '1two_duties' AS ground, t.person_id, t.duty, t.other_duty
    FROM two_duties t
    JOIN line_count c ON c.case_id = t.case_id
    JOIN dated d ON d.case_id = c.case_id AND d.line_no = c.line_no
    UNION ALL
    SELECT y.payment_id, '2payee' AS ground, s.person_id, s.duty, 'payee' AS other_duty
    FROM payee y
    JOIN signed s ON s.case_id = y.case_id AND s.person_id = y.person_id
    WHERE s.duty <> 'handler'
        AND NOT EXISTS (SELECT 1 FROM roll r WHERE r.case_id = y.case_id)
    UNION ALL
    SELECT y.payment_id, '3kin' AS ground, s.person_id, s.duty, 'payee' AS other_duty
    FROM payee y
    JOIN related k ON k.other_id = y.person_id
    JOIN signed s ON s.case_id = y.case_id AND s.person_id = k.person_id
    WHERE s.duty <> 'handler'
        AND NOT EXISTS (SELECT 1 FROM roll r WHERE r.case_id = y.case_id)
),
first_found AS (
    SELECT f.payment_id, MIN(f.ground || '/' || f.person_id || '/' || f.duty) AS first_key
    FROM found f
    GROUP BY f.payment_id
)
SELECT DISTINCT
    'payment' AS finding_kind,
    d.payment_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(d.business_at, '%Y-%m') AS period,
    CAST(d.business_at AS DATE) AS business_date,
    SUBSTR(f.ground, 2) AS ground,
    d.line_no,
    p.amount_fen,
    p.payee_name,
    f.person_id,
    n.name AS person_name,
    f.duty,
    f.other_duty
FROM first_found g
JOIN found f ON f.payment_id = g.payment_id
    AND f.ground || '/' || f.person_id || '/' || f.duty = g.first_key
JOIN dated d ON d.payment_id = f.payment_id
JOIN stg_payment p ON p.payment_id = d.payment_id
LEFT JOIN stg_person n ON n.person_id = f.person_id
