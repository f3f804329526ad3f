SELECT
    z.ext_id AS rectification_id,
    w.ext_id AS works_id,
    r.ext_id AS risk_id,
    p.ext_id AS done_person_id,
    z.done_at AS done_at,
    z.words AS words,
    z.file_hash AS file_hash,
    z.taken_at AS taken_at,
    v.ext_id AS verifier_person_id,
    z.verifier_role AS verifier_role,
    z.verified_at AS verified_at,
    z.is_accepted AS is_accepted,
    z.verdict AS verdict
FROM works_rectification z
JOIN works_risk r ON r.id = z.risk_id
JOIN works_works w ON w.id = r.works_id
JOIN orgs_person p ON p.id = z.person_id
LEFT JOIN orgs_person v ON v.id = z.verified_by_id
