SELECT
    u.ext_id AS outcome_id,
    f.ext_id AS finding_id,
    u.kind AS kind,
    u.amount_fen AS amount_fen,
    u.document_ref AS document_ref,
    u.decided_date AS decided_date,
    u.words AS words,
    p.ext_id AS recorded_person_id,
    u.recorded_at AS recorded_at
FROM inspection_outcome u
JOIN inspection_finding f ON f.id = u.finding_id
JOIN orgs_person p ON p.id = u.recorded_by_id
