SELECT
    r.ext_id AS receipt_id,
    o.ext_id AS org_id,
    r.division_code AS village_id,
    r.kind AS kind,
    r.subject_code AS subject_code,
    r.payer_name AS payer_name,
    c.ext_id AS payer_counterparty_id,
    r.source_kind AS source_kind,
    r.source_id AS source_id,
    a.ext_id AS account_id,
    r.amount_fen AS amount_fen,
    r.book_number AS receipt_book_no,
    r.number AS receipt_no,
    r.issued_at AS issued_at,
    r.received_via AS received_via,
    r.banked_at AS banked_at,
    r.voided_at AS voided_at,
    b.ext_id AS bill_id,
    r.serial AS serial_no,
    r.has_all_copies AS has_all_copies
FROM payments_receipt r
JOIN orgs_organisation o ON o.id = r.organisation_id
LEFT JOIN orgs_counterparty c ON c.id = r.payer_counterparty_id
LEFT JOIN payments_bankaccount a ON a.id = r.account_id
LEFT JOIN payments_bill b ON b.id = r.bill_id
