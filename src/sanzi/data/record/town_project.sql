SELECT
    p.ext_id AS project_id,
    o.ext_id AS org_id,
    p.division_code AS town_id,
    p.name AS name,
    p.budget_fen AS budget_fen,
    p.paid_fen AS paid_fen,
    p.start_date AS start_date,
    p.end_date AS end_date,
    p.progress_percent AS progress_percent,
    p.qr_code AS qr_code,
    p.info_updated_at AS info_updated_at,
    p.payable_fen AS payable_fen,
    p.payable_due_date AS payable_due_date
FROM funds_townproject p
JOIN orgs_organisation o ON o.id = p.organisation_id
