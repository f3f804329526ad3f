SELECT
    s.ext_id AS promise_id,
    s.division_code AS village_id,
    p.ext_id AS person_id,
    s.role_code AS role_code,
    s.text_date AS text_date,
    s.text_digest AS text_digest,
    s.signed_at AS signed_at
FROM voice_promise s
JOIN orgs_person p ON p.id = s.person_id
