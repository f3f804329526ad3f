SELECT
    b.ext_id AS budget_id,
    o.ext_id AS org_id,
    b.division_code AS village_id,
    b.case_number AS case_id,
    b.year AS year,
    b.kind AS kind,
    b.total_fen AS total_fen,
    b.nonproductive_fen AS nonproductive_fen,
    b.shown_start_date AS shown_start_date,
    b.shown_end_date AS shown_end_date,
    b.decision_ext_id AS decision_id,
    b.nonproductive_decision_ext_id AS nonproductive_decision_id,
    b.submitted_at AS submitted_at,
    b.approved_at AS approved_at,
    b.status AS status
FROM yearly_budget b
JOIN orgs_organisation o ON o.id = b.organisation_id
