SELECT
    d.ext_id AS deposit_id,
    o.ext_id AS org_id,
    d.division_code AS village_id,
    d.case_number AS case_id,
    a.ext_id AS account_id,
    d.bank_code AS bank_code,
    d.principal_fen AS principal_fen,
    d.rate_bp AS rate_bp,
    d.start_date AS start_date,
    d.maturity_date AS maturity_date,
    d.tender_ext_id AS tender_id,
    d.withdrawn_at AS withdrawn_at,
    d.interest_fen AS interest_fen,
    d.early_decision_ext_id AS early_decision_id,
    SUBSTR(CAST(d.start_date AS TEXT), 1, 7) AS start_month
FROM treasury_deposit d
JOIN orgs_organisation o ON o.id = d.organisation_id
LEFT JOIN payments_bankaccount a ON a.id = d.account_id
