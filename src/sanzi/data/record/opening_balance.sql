SELECT
    b.ext_id || '-' || a.account_code || '-' || a.aux_kind || '-' || a.aux_id
        AS opening_balance_id,
    b.ext_id AS book_id,
    o.ext_id AS org_id,
    b.first_period || '-01' AS balance_date,
    a.account_code AS subject_code,
    CASE a.aux_kind WHEN 'account' THEN a.aux_id END AS account_id,
    CASE a.aux_kind WHEN 'counterparty' THEN a.aux_id END AS counterparty_id,
    CASE a.aux_kind WHEN 'household' THEN a.aux_id END AS household_id,
    CASE a.aux_kind WHEN 'person' THEN a.aux_id END AS person_id,
    CASE a.aux_kind WHEN 'org' THEN a.aux_id END AS aux_org_id,
    CASE WHEN a.balance_fen > 0 THEN a.balance_fen ELSE 0 END AS debit_fen,
    CASE WHEN a.balance_fen < 0 THEN -a.balance_fen ELSE 0 END AS credit_fen
FROM ledger_openingbalance a
JOIN ledger_book b ON b.id = a.book_id
JOIN orgs_organisation o ON o.id = b.organisation_id
