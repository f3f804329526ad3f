SELECT
    d.ext_id AS dues_id,
    o.ext_id AS org_id,
    d.division_code AS village_id,
    d.case_number AS case_id,
    p.ext_id AS person_id,
    d.period AS period,
    d.due_fen AS due_fen,
    d.paid_fen AS paid_fen,
    d.paid_date AS paid_date,
    d.handed_date AS handed_date,
    d.reason AS reason,
    d.status AS status
FROM party_partydues d
JOIN orgs_organisation o ON o.id = d.organisation_id
JOIN orgs_person p ON p.id = d.person_id
