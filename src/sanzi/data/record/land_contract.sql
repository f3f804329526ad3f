SELECT
    c.ext_id AS land_contract_id,
    o.ext_id AS org_id,
    c.division_code AS village_id,
    c.case_number AS case_id,
    c.submitted_at AS submitted_at,
    c.parcel_id AS parcel_id,
    c.holder_kind AS holder_kind,
    h.ext_id AS household_id,
    k.ext_id AS counterparty_id,
    c.land_use AS land_use,
    c.area_mu_centi / 100.0 AS area_mu,
    c.fee_fen_year AS fee_fen_year,
    c.start_date AS start_date,
    c.end_date AS end_date,
    c.scheme_start_date AS scheme_start_date,
    c.scheme_end_date AS scheme_end_date,
    c.decision_ext_id AS decision_id,
    c.has_credit_check AS has_credit_check,
    c.approved_at AS approved_at,
    c.signed_date AS signed_date,
    c.registered_at AS registered_at,
    c.status AS status
FROM land_landcontract c
JOIN orgs_organisation o ON o.id = c.organisation_id
LEFT JOIN orgs_household h ON h.id = c.household_id
LEFT JOIN orgs_counterparty k ON k.id = c.counterparty_id
