SELECT
    i.ext_id AS issue_id,
    o.ext_id AS org_id,
    i.division_code AS village_id,
    i.case_number AS case_id,
    h.ext_id AS holder_person_id,
    i.kind AS kind,
    i.limit_fen AS limit_fen,
    i.bill_day AS bill_day,
    i.due_day AS due_day,
    c.ext_id AS card_id,
    i.asked_at AS asked_at,
    i.approved_at AS approved_at,
    i.state AS status
FROM treasury_cardissue i
JOIN orgs_organisation o ON o.id = i.organisation_id
JOIN orgs_person h ON h.id = i.holder_id
LEFT JOIN payments_villagecard c ON c.id = i.card_id
