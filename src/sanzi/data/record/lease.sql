SELECT
    l.ext_id AS lease_id,
    l.contract_ref AS contract_id,
    a.ext_id AS asset_id,
    l.division_code AS village_id,
    l.case_number AS case_id,
    t.ext_id AS tenant_counterparty_id,
    u.ext_id AS actual_user_counterparty_id,
    l.use_limit AS use_limit,
    l.reserve_rent_fen_year AS reserve_rent_fen_year,
    l.appraised_rent_fen_year AS appraised_rent_fen_year,
    l.rent_fen_year AS rent_fen_year,
    l.pay_cycle AS pay_cycle,
    l.prepaid_years AS prepaid_years,
    l.deposit_fen AS deposit_fen,
    l.start_date AS start_date,
    l.end_date AS end_date,
    l.tender_ext_id AS tender_id,
    l.decision_ref AS decision_ref,
    l.kin_tie AS kin_tie,
    r.ext_id AS renewed_from_lease_id,
    l.signed_at AS signed_at,
    l.handed_over_at AS handed_over_at,
    l.returned_at AS returned_at
FROM leases_lease l
JOIN deals_asset a ON a.id = l.asset_id
JOIN orgs_counterparty t ON t.id = l.tenant_id
LEFT JOIN orgs_counterparty u ON u.id = l.actual_user_id
LEFT JOIN leases_lease r ON r.id = l.renewed_from_id
