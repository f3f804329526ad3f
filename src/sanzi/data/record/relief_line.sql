SELECT
    l.ext_id AS line_id,
    b.ext_id AS batch_id,
    p.ext_id AS person_id,
    l.reason AS reason,
    l.need_milli AS need_milli,
    l.given_milli AS given_milli,
    l.signed_at AS signed_at
FROM subsidies_reliefline l
JOIN subsidies_reliefbatch b ON b.id = l.batch_id
JOIN orgs_person p ON p.id = l.person_id
