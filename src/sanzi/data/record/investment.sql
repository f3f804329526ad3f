SELECT
    d.ext_id AS investment_id,
    o.ext_id AS org_id,
    d.division_code AS village_id,
    d.case_number AS case_id,
    d.project AS project,
    d.kind AS kind,
    k.ext_id AS counterparty_id,
    d.amount_fen AS amount_fen,
    d.share_bp AS share_bp,
    d.decision_ext_id AS decision_id,
    d.contract_ext_id AS contract_id,
    d.approved_at AS approved_at,
    d.start_date AS start_date,
    d.end_date AS end_date,
    d.returned_fen AS returned_fen,
    d.last_return_date AS last_return_date,
    d.state AS status
FROM treasury_investment d
JOIN orgs_organisation o ON o.id = d.organisation_id
JOIN orgs_counterparty k ON k.id = d.counterparty_id
