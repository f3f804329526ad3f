SELECT
    p.ext_id AS person_id,
    r.ext_id AS relative_person_id,
    k.relation AS relation,
    k.is_statutory_kin AS is_statutory_kin,
    k.is_extended_kin AS is_extended_kin,
    k.source AS source,
    k.confirmed_at AS confirmed_at
FROM orgs_kinship k
JOIN orgs_person p ON p.id = k.person_id
JOIN orgs_person r ON r.id = k.relative_id
