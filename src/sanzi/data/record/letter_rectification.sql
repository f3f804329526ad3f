SELECT
    r.ext_id AS rectification_id,
    c.ext_id AS complaint_id,
    c.division_code AS village_id,
    c.kind AS kind,
    c.received_at AS received_at,
    r.role_code AS role_code,
    r.doer_title AS doer_title,
    r.done_date AS done_date,
    r.recorded_at AS recorded_at,
    r.file_hash AS file_hash,
    r.taken_at AS taken_at
FROM voice_rectification r
JOIN voice_complaint c ON c.id = r.complaint_id
