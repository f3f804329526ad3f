WITH dated AS NOT MATERIALIZED (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.payment_id,
        p.case_id,
        p.org_id,
        p.village_id,
        p.line_no,
        p.amount_fen,
        p.method,
        p.source_kind,
        p.source_id,
        p.handler_person_id,
        p.payee_person_id,
        p.payee_name,
        p.payee_account_hash,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
payee AS (
    SELECT d.payment_id, d.case_id, d.handler_person_id, d.payee_person_id AS person_id
    FROM dated d
    WHERE d.payee_person_id IS NOT NULL
    UNION
    SELECT d.payment_id, d.case_id, d.handler_person_id, a.person_id
    FROM dated d
    JOIN stg_account a ON a.account_hash = d.payee_account_hash
    WHERE a.person_id IS NOT NULL
),
insider AS (
    -- Who handles or signs the case and also gets its money.
    SELECT y.payment_id, y.person_id
    FROM payee y
    WHERE y.person_id = y.handler_person_id
    UNION
    SELECT y.payment_id, y.person_id
    FROM payee y
    JOIN stg_approval a ON a.subject_id = y.case_id AND a.actor_person_id = y.person_id
    WHERE a.action = 'approve'
),
suspect AS (
    SELECT d.*, x.insider_id
    FROM (
        SELECT i.payment_id, MIN(i.person_id) AS insider_id FROM insider i GROUP BY i.payment_id
    ) x
    JOIN dated d ON d.payment_id = x.payment_id
),
line_count AS (
    SELECT d.case_id, COUNT(*) AS lines FROM dated d GROUP BY d.case_id
),
named AS (
    -- Proofs that name the payee himself: the seller, the settled card, the source, a voted roll.
    SELECT d.payment_id
    FROM suspect d
    JOIN stg_invoice i ON i.payment_id = d.payment_id
    WHERE TRIM(i.seller_name) = TRIM(d.payee_name)
    UNION
    SELECT d.payment_id
    FROM suspect d
    JOIN stg_invoice i ON i.case_id = d.case_id
    WHERE TRIM(i.seller_name) = TRIM(d.payee_name)
    UNION
    SELECT d.payment_id
    FROM suspect d
    WHERE $allow_card_reimbursement AND (d.method = 'card' OR d.source_kind = 'card')
    UNION
    SELECT d.payment_id
    FROM suspect d
    JOIN stg_source_matter s ON s.source_id = d.source_id
    JOIN line_count c ON c.case_id = d.case_id
    WHERE s.status IN ('approved', 'closed')
        AND (s.person_id = d.payee_person_id
            OR (list_contains($roll_kinds, d.source_kind) AND c.lines >= $roll_payees))
),
seller AS (
    SELECT d.payment_id, MIN(i.seller_name) AS seller_name
    FROM suspect d
    JOIN stg_invoice i ON i.payment_id = d.payment_id
    GROUP BY d.payment_id
),
case_seller AS (
    SELECT d.payment_id, MIN(i.seller_name) AS seller_name
    FROM suspect d
    JOIN stg_invoice i ON i.case_id = d.case_id
    GROUP BY d.payment_id
)
SELECT
    'payment' AS finding_kind,
    d.payment_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.business_at, '%Y-%m') AS period,
    CAST(d.business_at AS DATE) AS business_date,
    d.line_no,
    d.amount_fen,
    d.payee_name,
    d.insider_id AS person_id,
    n.name AS insider_name,
    COALESCE(o.seller_name, c.seller_name) AS seller_name
FROM suspect d
LEFT JOIN stg_person n ON n.person_id = d.insider_id
LEFT JOIN seller o ON o.payment_id = d.payment_id
LEFT JOIN case_seller c ON c.payment_id = d.payment_id
WHERE NOT EXISTS (SELECT 1 FROM named m WHERE m.payment_id = d.payment_id)
