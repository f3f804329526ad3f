SELECT
    q.ext_id AS request_id,
    q.case_number AS case_id,
    o.ext_id AS org_id,
    q.division_code AS village_id,
    q.work_kind AS work_kind,
    q.reason AS reason,
    q.place AS place,
    q.lat_e6 AS lat,
    q.lng_e6 AS lng,
    q.planned_start_at AS planned_start_at,
    q.planned_end_at AS planned_end_at,
    q.headcount_planned AS headcount_planned,
    q.person_days_planned AS person_days_planned,
    q.rate_code AS rate_code,
    q.rate_fen_day AS rate_fen_day,
    q.rate_unit AS rate_unit,
    q.budget_fen AS budget_fen,
    q.budget_line_ext_id AS budget_line_id,
    q.is_emergency AS is_emergency,
    q.decision_ext_id AS decision_id,
    d.ext_id AS dispatcher_person_id,
    c.ext_id AS checker_person_id,
    q.submitted_at AS submitted_at,
    q.approved_at AS approved_at,
    LOWER(q.state) AS status
FROM labour_labourrequest q
JOIN orgs_organisation o ON o.id = q.organisation_id
LEFT JOIN orgs_person d ON d.id = q.dispatcher_id
LEFT JOIN orgs_person c ON c.id = q.checker_id
