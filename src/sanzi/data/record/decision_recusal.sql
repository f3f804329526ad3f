SELECT
    d.ext_id AS decision_id,
    p.ext_id AS person_id,
    r.reason AS reason,
    r.is_recused AS is_recused,
    r.was_due AS was_due,
    r.was_present AS was_present
FROM matters_decisionrecusal r
JOIN matters_decision d ON d.id = r.decision_id
JOIN orgs_person p ON p.id = r.person_id
