SELECT
    d.ext_id AS debt_id,
    o.ext_id AS org_id,
    d.division_code AS village_id,
    d.case_number AS case_id,
    d.kind AS kind,
    d.purpose AS purpose,
    k.ext_id AS counterparty_id,
    p.ext_id AS person_id,
    d.principal_fen AS principal_fen,
    d.rate_bp AS rate_bp,
    d.balance_fen AS balance_fen,
    d.incurred_at AS incurred_at,
    d.due_date AS due_date,
    d.decision_ext_id AS decision_id,
    d.contract_ext_id AS contract_id,
    d.town_approved_at AS town_approved_at,
    d.state AS status
FROM treasury_debt d
JOIN orgs_organisation o ON o.id = d.organisation_id
LEFT JOIN orgs_counterparty k ON k.id = d.counterparty_id
LEFT JOIN orgs_person p ON p.id = d.person_id
