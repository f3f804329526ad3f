SELECT
    t.ext_id AS taking_id,
    o.ext_id AS org_id,
    t.division_code AS village_id,
    t.case_number AS case_id,
    t.submitted_at AS submitted_at,
    t.project_name AS project_name,
    t.notice_no AS notice_no,
    t.notice_start_date AS notice_start_date,
    t.notice_end_date AS notice_end_date,
    t.roster_start_date AS roster_start_date,
    t.roster_end_date AS roster_end_date,
    t.plan_start_date AS plan_start_date,
    t.plan_end_date AS plan_end_date,
    t.approved_at AS approved_at,
    t.fund_received_at AS fund_received_at,
    t.fund_fen AS fund_fen,
    t.collective_use AS collective_use,
    t.decision_ext_id AS decision_id,
    t.status AS status
FROM land_landtaking t
JOIN orgs_organisation o ON o.id = t.organisation_id
