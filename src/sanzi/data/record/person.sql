SELECT
    p.ext_id AS person_id,
    p.name AS name,
    p.id_no_index AS id_no_hash,
    p.gender AS gender,
    p.birth_date AS birth_date,
    p.death_date AS death_date,
    CASE WHEN substr(p.division_id, 10, 3) <> '000' THEN p.division_id END AS village_id,
    h.ext_id AS household_id,
    p.household_status AS household_status,
    p.is_member AS is_member,
    p.phone_index AS phone_hash,
    p.sealed_id_no AS id_no__sealed,
    p.sealed_phone AS phone__sealed,
    p.division_id AS village_id__exchange
FROM orgs_person p
LEFT JOIN orgs_household h ON h.id = p.household_id
