SELECT
    c.ext_id AS card_id,
    o.ext_id AS org_id,
    c.division_code AS village_id,
    p.ext_id AS holder_person_id,
    c.limit_fen AS limit_fen,
    c.bill_day AS bill_day,
    c.due_day AS due_day,
    c.issued_date AS issued_date,
    c.closed_date AS closed_date
FROM payments_villagecard c
JOIN orgs_organisation o ON o.id = c.organisation_id
JOIN orgs_person p ON p.id = c.holder_id
