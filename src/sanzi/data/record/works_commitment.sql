SELECT
    w.ext_id AS works_id,
    p.ext_id AS person_id,
    c.kind AS kind,
    c.signed_at AS signed_at
FROM works_commitment c
JOIN works_works w ON w.id = c.works_id
JOIN orgs_person p ON p.id = c.person_id
