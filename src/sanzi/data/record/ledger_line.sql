SELECT
    v.ext_id AS voucher_id,
    l.line_no AS line_no,
    b.ext_id AS book_id,
    o.ext_id AS org_id,
    l.account_code AS subject_code,
    l.summary AS summary,
    CASE l.aux_kind WHEN 'account' THEN l.aux_id END AS account_id,
    CASE l.aux_kind WHEN 'counterparty' THEN l.aux_id END AS counterparty_id,
    CASE l.aux_kind WHEN 'household' THEN l.aux_id END AS household_id,
    CASE l.aux_kind WHEN 'person' THEN l.aux_id END AS person_id,
    CASE l.aux_kind WHEN 'org' THEN l.aux_id END AS aux_org_id,
    l.debit_fen AS debit_fen,
    l.credit_fen AS credit_fen
FROM ledger_voucherline l
JOIN ledger_voucher v ON v.id = l.voucher_id
JOIN ledger_book b ON b.id = v.book_id
JOIN orgs_organisation o ON o.id = b.organisation_id
