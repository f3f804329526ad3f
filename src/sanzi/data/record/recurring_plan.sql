SELECT
    a.ext_id AS plan_id,
    b.ext_id AS book_id,
    o.ext_id AS org_id,
    lower(a.kind) AS kind,
    a.title AS title,
    a.cost_fen AS cost_fen,
    a.salvage_fen AS salvage_fen,
    a.months AS months,
    a.debit_account AS debit_account,
    a.debit_aux_kind AS debit_aux_kind,
    a.debit_aux_id AS debit_aux_id,
    a.credit_account AS credit_account,
    a.credit_aux_kind AS credit_aux_kind,
    a.credit_aux_id AS credit_aux_id,
    m.ext_id AS made_by_person_id,
    a.made_at AS made_at,
    k.ext_id AS approved_by_person_id,
    a.approved_at AS approved_at,
    a.refused_reason AS refused_reason,
    a.valid_from_date AS valid_from_date,
    a.valid_until_date AS valid_until_date
FROM ledger_recurringplan a
JOIN ledger_book b ON b.id = a.book_id
JOIN orgs_organisation o ON o.id = b.organisation_id
LEFT JOIN orgs_person m ON m.id = a.made_by_id
LEFT JOIN orgs_person k ON k.id = a.approved_by_id
