SELECT
    s.id_no_index AS id_no_hash,
    s.kind AS kind,
    s.value_fen AS value_fen,
    s.since_date AS since_date,
    s.until_date AS until_date,
    s.detail_level AS detail_level,
    s.sealed_id_no AS id_no__sealed
FROM orgs_outsidestatus s
