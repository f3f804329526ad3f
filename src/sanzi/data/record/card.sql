SELECT
    c.ext_id AS card_id,
    c.number_index AS card_hash,
    o.ext_id AS org_id,
    c.division_code AS village_id,
    p.ext_id AS holder_person_id,
    c.bank_code AS bank_code,
    a.ext_id AS repaid_account_id,
    c.limit_fen AS limit_fen,
    c.bill_day AS bill_day,
    c.due_day AS due_day,
    c.issued_date AS issued_date,
    c.closed_date AS closed_date,
    c.suspended_at AS suspended_at,
    c.resumed_at AS resumed_at,
    c.suspended_reason AS suspended_reason,
    c.sealed_number AS card_no__sealed
FROM payments_villagecard c
JOIN orgs_organisation o ON o.id = c.organisation_id
JOIN orgs_person p ON p.id = c.holder_id
JOIN payments_bankaccount a ON a.id = c.repaid_from_id
