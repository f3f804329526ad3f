SELECT
    p.ext_id AS program_id,
    o.ext_id AS org_id,
    p.code AS code,
    p.name AS name,
    p.department AS department,
    p.unit AS unit,
    p.rate_fen AS rate_fen,
    p.cap_milli AS cap_qty_milli,
    p.exclusive_group AS exclusive_group,
    p.excludes_payroll AS excludes_payroll,
    p.excludes_moved_out AS excludes_moved_out,
    p.needs_land AS needs_land,
    p.publicity_days AS publicity_days,
    p.pay_within_days AS pay_within_days,
    p.valid_from_date AS valid_from_date,
    p.valid_until_date AS valid_until_date,
    p.source_ref AS source_ref
FROM subsidies_program p
JOIN orgs_organisation o ON o.id = p.organisation_id
