SELECT
    h.ext_id AS honour_id,
    o.ext_id AS org_id,
    h.division_code AS village_id,
    h.case_number AS case_id,
    p.ext_id AS person_id,
    h.title AS title,
    h.event AS event,
    h.level AS level,
    h.amount_fen AS amount_fen,
    h.submitted_at AS submitted_at,
    h.publicity_start_date AS publicity_start_date,
    h.granted_at AS granted_at,
    (SELECT MAX(m.ext_id) FROM payments_payment m
     JOIN payments_paymentorder r ON r.id = m.order_id
     WHERE r.source_kind = 'other' AND r.source_id = h.case_number AND h.case_number <> ''
       AND m.payee_person_id = h.person_id) AS payment_id,
    h.status AS status
FROM party_honour h
JOIN orgs_organisation o ON o.id = h.organisation_id
JOIN orgs_person p ON p.id = h.person_id
