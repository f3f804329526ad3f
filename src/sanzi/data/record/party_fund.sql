SELECT
    f.ext_id AS fund_id,
    o.ext_id AS org_id,
    f.division_code AS village_id,
    f.case_number AS case_id,
    f.use AS use,
    f.reason AS reason,
    f.amount_fen AS amount_fen,
    f.submitted_at AS submitted_at,
    f.status AS status
FROM party_partyfund f
JOIN orgs_organisation o ON o.id = f.organisation_id
