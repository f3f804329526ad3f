SELECT
    l.parcel_id AS parcel_id,
    l.division_id AS village_id,
    l.holder_kind AS holder_kind,
    h.ext_id AS household_id,
    l.right_kind AS right_kind,
    l.area_mu_centi / 100.0 AS area_mu,
    l.area_m2_centi / 100.0 AS area_m2,
    l.start_date AS start_date,
    l.end_date AS end_date
FROM orgs_landright l
LEFT JOIN orgs_household h ON h.id = l.household_id
