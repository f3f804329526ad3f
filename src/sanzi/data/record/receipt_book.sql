SELECT
    b.ext_id AS book_id,
    o.ext_id AS org_id,
    b.division_code AS village_id,
    b.number AS book_no,
    b.first_serial AS first_no,
    b.last_serial AS last_no,
    b.issued_at AS issued_at,
    b.written_off_at AS written_off_at
FROM payments_receiptbook b
JOIN orgs_organisation o ON o.id = b.organisation_id
