SELECT
    v.ext_id AS visit_id,
    c.ext_id AS complaint_id,
    c.division_code AS village_id,
    c.kind AS kind,
    c.received_at AS received_at,
    v.role_code AS role_code,
    v.visited_at AS visited_at,
    v.finding AS finding,
    v.file_hash AS file_hash,
    v.taken_at AS taken_at
FROM voice_visit v
JOIN voice_complaint c ON c.id = v.complaint_id
