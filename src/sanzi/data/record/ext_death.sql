SELECT
    d.id_no_index AS id_no_hash,
    d.death_date AS death_date
FROM orgs_outsidedeath d
