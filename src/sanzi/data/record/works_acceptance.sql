SELECT
    w.ext_id AS works_id,
    a.held_at AS held_at,
    a.result AS result,
    p.ext_id AS attendee_person_id,
    a.role AS attendee_role,
    a.measured_milli AS measured_milli,
    a.contract_milli AS contract_milli
FROM works_attendance a
JOIN works_works w ON w.id = a.works_id
JOIN orgs_person p ON p.id = a.person_id
