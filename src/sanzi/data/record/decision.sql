SELECT
    d.ext_id AS decision_id,
    o.ext_id AS org_id,
    d.division_code AS village_id,
    d.matter_code AS matter_code,
    d.title AS title,
    d.procedure AS procedure,
    d.deciding_body AS deciding_body,
    d.amount_fen AS amount_fen,
    d.status AS status,
    d.passed_at AS passed_at,
    d.eligible_count AS eligible_count,
    d.present_count AS present_count,
    d.agree_count AS agree_count,
    d.against_count AS against_count,
    d.abstain_count AS abstain_count,
    d.file_digest AS minutes_hash,
    p.case_number AS case_id
FROM matters_decision d
JOIN orgs_organisation o ON o.id = d.organisation_id
LEFT JOIN matters_decisionplan p ON p.decision_id = d.id
