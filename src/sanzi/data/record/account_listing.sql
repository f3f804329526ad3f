SELECT
    l.ext_id AS listing_id,
    a.ext_id AS account_id,
    o.ext_id AS org_id,
    l.division_code AS village_id,
    l.tail AS tail,
    l.bank_code AS bank_code,
    l.opened_date AS opened_date,
    l.closed_date AS closed_date,
    LOWER(l.standing) AS standing,
    l.since_at AS since_at
FROM payments_accountlisting l
LEFT JOIN payments_bankaccount a ON a.id = l.account_id
LEFT JOIN orgs_organisation o ON o.id = l.organisation_id
