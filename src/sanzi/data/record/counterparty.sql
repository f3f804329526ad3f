SELECT
    c.ext_id AS counterparty_id,
    c.kind AS kind,
    c.name AS name,
    c.uscc AS uscc,
    p.ext_id AS person_id,
    l.ext_id AS legal_rep_person_id,
    c.registered_date AS registered_date,
    c.business_scope AS business_scope,
    c.phone_index AS phone_hash,
    c.address_norm AS address_norm,
    c.is_blacklisted AS is_blacklisted,
    c.blacklist_until_date AS blacklist_until_date,
    c.sealed_phone AS phone__sealed
FROM orgs_counterparty c
LEFT JOIN orgs_person p ON p.id = c.person_id
LEFT JOIN orgs_person l ON l.id = c.legal_rep_person_id
