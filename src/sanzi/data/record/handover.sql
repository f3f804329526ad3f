SELECT
    h.ext_id AS handover_id,
    o.ext_id AS org_id,
    h.division_code AS village_id,
    h.case_number AS case_id,
    h.appointment_ext_id AS appointment_id,
    p.ext_id AS person_id,
    h.role_code AS role_code,
    h.left_date AS left_date,
    r.ext_id AS receiver_person_id,
    w.ext_id AS witness_person_id,
    h.handed_over_at AS handed_over_at,
    h.late_reason AS late_reason,
    h.audited_at AS audited_at,
    h.auditor AS auditor,
    h.problem_count AS problem_count,
    h.problem_fen AS problem_fen,
    h.audit_late_reason AS audit_late_reason,
    h.audit_published_at AS audit_published_at,
    h.rectified_count AS rectified_count,
    h.status AS status
FROM posts_handover h
JOIN orgs_organisation o ON o.id = h.organisation_id
JOIN orgs_person p ON p.id = h.person_id
LEFT JOIN orgs_person r ON r.id = h.receiver_id
LEFT JOIN orgs_person w ON w.id = h.witness_id
