SELECT
    r.ext_id AS reopening_id,
    b.ext_id AS book_id,
    o.ext_id AS org_id,
    r.period AS period,
    r.reason AS reason,
    m.ext_id AS asked_by_person_id,
    r.asked_at AS asked_at,
    k.ext_id AS decided_by_person_id,
    r.decided_at AS decided_at,
    r.is_granted AS is_granted
FROM ledger_reopening r
JOIN ledger_book b ON b.id = r.book_id
JOIN orgs_organisation o ON o.id = b.organisation_id
LEFT JOIN orgs_person m ON m.id = r.asked_by_id
LEFT JOIN orgs_person k ON k.id = r.decided_by_id
