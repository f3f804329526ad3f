SELECT
    f.code AS fund_code,
    o.ext_id AS org_id,
    f.name AS name,
    f.source_level AS source_level,
    f.purpose_subjects AS purpose_subjects,
    f.amount_fen AS amount_fen,
    f.allocated_at AS allocated_at,
    f.received_at AS received_at,
    f.use_by_date AS use_by_date
FROM payments_fund f
JOIN orgs_organisation o ON o.id = f.organisation_id
