SELECT
    b.ext_id AS budget_line_id,
    o.ext_id AS org_id,
    b.year AS year,
    b.subject_code AS subject_code,
    b.name AS title,
    b.amount_fen AS amount_fen,
    b.decision_ext_id AS decision_id,
    b.approved_at AS approved_at
FROM payments_budgetline b
JOIN orgs_organisation o ON o.id = b.organisation_id
