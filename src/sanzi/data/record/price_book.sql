SELECT
    i.ext_id AS price_id,
    o.ext_id AS org_id,
    i.item_code AS item_code,
    i.name AS name,
    i.unit AS unit,
    i.price_fen AS price_fen,
    i.density_max_per_mu AS density_max_per_mu,
    i.valid_from_date AS valid_from_date,
    i.valid_until_date AS valid_until_date,
    i.division_code AS area_code
FROM funds_priceitem i
JOIN orgs_organisation o ON o.id = i.organisation_id
