SELECT
    p.ext_id AS plan_id,
    o.ext_id AS org_id,
    p.division_code AS village_id,
    p.case_number AS case_id,
    p.principal_fen AS principal_fen,
    p.term_months AS term_months,
    p.reserve_months AS reserve_months,
    p.rate_floor_bp AS rate_floor_bp,
    p.rate_weight AS rate_weight,
    p.tender_ext_id AS tender_id,
    p.won_rate_bp AS won_rate_bp,
    k.ext_id AS bank_counterparty_id,
    p.agreement_end_date AS agreement_end_date,
    p.submitted_at AS submitted_at,
    p.approved_at AS approved_at,
    p.state AS status
FROM treasury_depositplan p
JOIN orgs_organisation o ON o.id = p.organisation_id
LEFT JOIN orgs_counterparty k ON k.id = p.bank_id
