SELECT
    r.ext_id AS reconciliation_id,
    b.ext_id AS account_id,
    o.ext_id AS org_id,
    r.period AS period,
    lower(r.state) AS state,
    r.book_fen AS book_fen,
    r.bank_fen AS bank_fen,
    r.bank_in_fen AS bank_in_fen,
    r.bank_out_fen AS bank_out_fen,
    r.book_in_fen AS book_in_fen,
    r.book_out_fen AS book_out_fen,
    r.adjusted_fen AS adjusted_fen,
    r.item_count AS item_count,
    m.ext_id AS prepared_by_person_id,
    r.prepared_at AS prepared_at,
    k.ext_id AS signed_by_person_id,
    r.signed_at AS signed_at
FROM payments_reconciliation r
JOIN payments_bankaccount b ON b.id = r.account_id
JOIN orgs_organisation o ON o.id = b.organisation_id
LEFT JOIN orgs_person m ON m.id = r.prepared_by_id
LEFT JOIN orgs_person k ON k.id = r.signed_by_id
