WITH dated AS (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at,
        p.status IN ('submitted', 'approved', 'dispatched', 'paid') AS is_live
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
line_count AS (
    SELECT d.case_id, COUNT(*) AS lines FROM dated d GROUP BY d.case_id
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
named AS (
    -- Proofs that name the payee himself: the seller, the settled card, the source, a voted roll.
    SELECT d.payment_id
    FROM dated d
    JOIN stg_invoice i ON i.payment_id = d.payment_id
    WHERE TRIM(i.seller_name) = TRIM(d.payee_name)
    UNION
    SELECT d.payment_id
    FROM dated d
    JOIN stg_invoice i ON i.case_id = d.case_id
    WHERE TRIM(i.seller_name) = TRIM(d.payee_name)
    UNION
    SELECT d.payment_id
    FROM dated d
    WHERE $allow_card_reimbursement AND (d.method = 'card' OR d.source_kind = 'card')
    UNION
    SELECT d.payment_id
    FROM dated d
    JOIN stg_source_matter s ON s.source_id = d.source_id
    JOIN line_count c ON c.case_id = d.case_id
    WHERE s.status IN ('approved', 'closed')
        AND (s.person_id = d.payee_person_id
            OR (list_contains($roll_kinds, d.source_kind) AND c.lines >= $roll_payees))
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
    x.person_id,
    n.name AS insider_name,
    COALESCE(o.seller_name, c.seller_name) AS seller_name
FROM (SELECT payment_id, MIN(person_id) AS person_id FROM insider GROUP BY payment_id) x
JOIN dated d ON d.payment_id = x.payment_id
LEFT JOIN stg_person n ON n.person_id = x.person_id
LEFT JOIN (
    SELECT payment_id, MIN(seller_name) AS seller_name FROM stg_invoice GROUP BY payment_id
) o ON o.payment_id = d.payment_id
LEFT JOIN (
    SELECT case_id, MIN(seller_name) AS seller_name FROM stg_invoice GROUP BY case_id
) c ON c.case_id = d.case_id
WHERE NOT EXISTS (SELECT 1 FROM named m WHERE m.payment_id = d.payment_id)
