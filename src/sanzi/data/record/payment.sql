SELECT
    p.ext_id AS payment_id,
    o.case_number AS case_id,
    p.line_no AS line_no,
    g.ext_id AS org_id,
    o.division_code AS village_id,
    o.matter_code AS matter_code,
    o.subject_code AS subject_code,
    o.purpose AS purpose,
    o.source_kind AS source_kind,
    o.source_id AS source_id,
    o.contract_id AS contract_id,
    h.ext_id AS handler_person_id,
    p.payee_kind AS payee_kind,
    pp.ext_id AS payee_person_id,
    pc.ext_id AS payee_counterparty_id,
    po.ext_id AS payee_org_id,
    p.payee_name AS payee_name,
    p.account_index AS payee_account_hash,
    p.bank_code AS payee_bank_code,
    a.ext_id AS debit_account_id,
    p.amount_fen AS amount_fen,
    o.method AS method,
    o.fund_code AS fund_code,
    b.ext_id AS budget_line_id,
    o.created_at AS created_at,
    o.submitted_at AS submitted_at,
    o.approved_at AS approved_at,
    p.paid_at AS paid_at,
    p.returned_at AS returned_at,
    CASE
        WHEN p.status = 'SETTLED' THEN 'paid'
        WHEN p.status = 'RETURNED' THEN 'bank_returned'
        WHEN p.status IN ('REJECTED', 'NOT_EXECUTED') THEN 'bank_rejected'
        WHEN p.status IN ('SUBMITTING', 'ACCEPTED', 'UNKNOWN') THEN 'dispatched'
        WHEN c.state = 'REJECTED' THEN 'rejected'
        WHEN p.status = 'CANCELLED' OR c.state = 'WITHDRAWN' THEN 'withdrawn'
        WHEN c.state = 'RETURNED' THEN 'returned'
        WHEN p.status = 'APPROVED' THEN 'approved'
        WHEN p.status = 'SUBMITTED' THEN 'submitted'
        ELSE 'draft'
    END AS status,
    o.is_backfilled AS is_backfilled,
    p.sealed_account AS payee_account__sealed,
    o.stopped_reason AS stopped_reason
FROM payments_payment p
JOIN payments_paymentorder o ON o.id = p.order_id
JOIN orgs_organisation g ON g.id = o.organisation_id
LEFT JOIN payments_budgetline b ON b.id = o.budget_line_id
LEFT JOIN orgs_person pp ON pp.id = p.payee_person_id
LEFT JOIN orgs_counterparty pc ON pc.id = p.payee_counterparty_id
LEFT JOIN orgs_organisation po ON po.id = p.payee_organisation_id
-- The joins by which rows are asked for stand above: PostgreSQL orders the first eight freely.
LEFT JOIN matters_case c ON c.number = o.case_number
LEFT JOIN orgs_person h ON h.id = o.handler_id
LEFT JOIN payments_bankaccount a ON a.id = o.debit_account_id
