SELECT
    v.ext_id AS levy_id,
    o.ext_id AS org_id,
    v.division_code AS village_id,
    v.case_number AS case_id,
    v.project AS project,
    v.per_head_fen AS per_head_fen,
    v.days_per_head AS days_per_head,
    v.head_count AS head_count,
    v.exempt_count AS exempt_count,
    v.collected_fen AS collected_fen,
    v.used_fen AS used_fen,
    v.decision_ext_id AS decision_id,
    v.submitted_at AS submitted_at,
    v.approved_at AS approved_at,
    v.status AS status
FROM subsidies_levy v
JOIN orgs_organisation o ON o.id = v.organisation_id
