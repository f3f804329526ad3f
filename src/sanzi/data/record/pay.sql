SELECT
    y.ext_id AS pay_id,
    o.ext_id AS org_id,
    y.division_code AS village_id,
    y.case_number AS case_id,
    p.ext_id AS person_id,
    y.role_code AS role_code,
    y.kind AS kind,
    y.period AS period,
    y.work_date AS work_date,
    y.reason AS reason,
    y.amount_fen AS amount_fen,
    y.standard_fen AS standard_fen,
    y.decision_ext_id AS decision_id,
    (SELECT MAX(m.ext_id) FROM payments_payment m
     JOIN payments_paymentorder r ON r.id = m.order_id
     WHERE r.source_kind = 'pay' AND r.source_id = y.case_number AND y.case_number <> ''
       AND m.payee_person_id = y.person_id) AS payment_id,
    (SELECT MAX(m.paid_at) FROM payments_payment m
     JOIN payments_paymentorder r ON r.id = m.order_id
     WHERE r.source_kind = 'pay' AND r.source_id = y.case_number AND y.case_number <> ''
       AND m.payee_person_id = y.person_id AND m.status = 'SETTLED') AS paid_at,
    y.status AS status
FROM posts_pay y
JOIN orgs_organisation o ON o.id = y.organisation_id
JOIN orgs_person p ON p.id = y.person_id
