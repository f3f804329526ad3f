SELECT
    c.ext_id AS contract_id,
    o.ext_id AS org_id,
    c.division_code AS village_id,
    c.kind AS kind,
    c.title AS title,
    k.ext_id AS counterparty_id,
    c.sign_date AS sign_date,
    c.start_date AS start_date,
    c.end_date AS end_date,
    c.amount_fen AS amount_fen,
    c.period_fen AS period_fen,
    c.tender_ext_id AS tender_id,
    c.decision_ext_id AS decision_id,
    c.seal_use_ext_id AS seal_use_id,
    c.subject_ext_id AS subject_id,
    c.filed_at AS filed_at,
    c.doc_hash AS doc_hash,
    p.ext_id AS parent_contract_id,
    c.has_price_clause AS has_price_clause,
    c.has_term_clause AS has_term_clause,
    c.has_breach_clause AS has_breach_clause,
    c.has_settlement_clause AS has_settlement_clause,
    c.is_oral AS is_oral,
    c.status AS status,
    c.case_number AS case_id
FROM deals_contract c
JOIN orgs_organisation o ON o.id = c.organisation_id
LEFT JOIN orgs_counterparty k ON k.id = c.counterparty_id
LEFT JOIN deals_contract p ON p.id = c.parent_id
