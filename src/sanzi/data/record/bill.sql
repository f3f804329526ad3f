SELECT
    b.ext_id AS bill_id,
    o.ext_id AS org_id,
    b.division_code AS village_id,
    b.number AS bill_no,
    b.reference AS reference,
    a.ext_id AS account_id,
    b.kind AS kind,
    b.subject_code AS subject_code,
    b.purpose AS purpose,
    b.payer_name AS payer_name,
    c.ext_id AS payer_counterparty_id,
    p.ext_id AS payer_person_id,
    b.source_kind AS source_kind,
    b.source_id AS source_id,
    b.amount_fen AS amount_fen,
    b.paid_fen AS received_fen,
    b.due_date AS due_date,
    b.issued_at AS issued_at,
    b.paid_at AS paid_at,
    b.voided_at AS voided_at,
    b.void_reason AS void_reason
FROM payments_bill b
JOIN orgs_organisation o ON o.id = b.organisation_id
JOIN payments_bankaccount a ON a.id = b.account_id
LEFT JOIN orgs_counterparty c ON c.id = b.payer_counterparty_id
LEFT JOIN orgs_person p ON p.id = b.payer_person_id
