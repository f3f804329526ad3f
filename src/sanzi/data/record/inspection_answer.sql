SELECT
    a.ext_id AS answer_id,
    f.ext_id AS finding_id,
    p.ext_id AS done_person_id,
    a.role_code AS role_code,
    a.done_at AS done_at,
    a.words AS words,
    a.money_back_fen AS money_back_fen,
    a.file_hashes AS file_hashes,
    v.ext_id AS verifier_person_id,
    a.verifier_role AS verifier_role,
    a.verified_at AS verified_at,
    a.is_accepted AS is_accepted,
    a.verdict AS verdict
FROM inspection_answer a
JOIN inspection_finding f ON f.id = a.finding_id
JOIN orgs_person p ON p.id = a.person_id
LEFT JOIN orgs_person v ON v.id = a.verified_by_id
