SELECT
    d.id_no_index AS id_no_hash,
    d.death_date AS death_date,
    d.sealed_id_no AS id_no__sealed
FROM orgs_outsidedeath d
