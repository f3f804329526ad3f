SELECT
    s.ext_id AS standard_id,
    o.ext_id AS org_id,
    s.division_code AS village_id,
    s.case_number AS case_id,
    s.role_code AS role_code,
    s.kind AS kind,
    s.value_fen AS value_fen,
    s.valid_from_date AS valid_from_date,
    s.valid_until_date AS valid_until_date,
    s.decision_ext_id AS decision_id,
    s.source_ref AS source_ref
FROM posts_paystandard s
JOIN orgs_organisation o ON o.id = s.organisation_id
