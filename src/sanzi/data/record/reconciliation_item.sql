SELECT
    r.ext_id AS reconciliation_id,
    i.place AS item_no,
    b.ext_id AS account_id,
    o.ext_id AS org_id,
    lower(i.kind) AS kind,
    i.booked_date AS booked_date,
    i.amount_fen AS amount_fen,
    i.reference AS reference,
    i.cause AS cause,
    i.age_days AS age_days,
    t.ext_id AS txn_id,
    v.ext_id AS voucher_id,
    l.line_no AS line_no,
    COALESCE(mt.made_at, ml.made_at) AS cleared_at
FROM payments_reconciliationitem i
JOIN payments_reconciliation r ON r.id = i.reconciliation_id
JOIN payments_bankaccount b ON b.id = r.account_id
JOIN orgs_organisation o ON o.id = b.organisation_id
LEFT JOIN payments_banktransaction t ON t.id = i.bank_line_id
LEFT JOIN payments_matchedbankline bt ON bt.line_id = t.id AND bt.is_live
LEFT JOIN payments_bankmatch mt ON mt.ext_id = bt.match_id
LEFT JOIN ledger_voucherline l ON l.id = i.voucher_line_id
LEFT JOIN ledger_voucher v ON v.id = l.voucher_id
LEFT JOIN payments_matchedbookline bl ON bl.line_id = l.id AND bl.is_live
LEFT JOIN payments_bankmatch ml ON ml.ext_id = bl.match_id
