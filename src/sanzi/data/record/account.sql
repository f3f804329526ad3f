SELECT
    b.ext_id AS account_id,
    b.number_index AS account_hash,
    o.ext_id AS org_id,
    p.ext_id AS person_id,
    c.ext_id AS counterparty_id,
    b.holder_name AS holder_name,
    b.kind AS kind,
    b.bank_code AS bank_code,
    b.opened_date AS opened_date,
    b.closed_date AS closed_date,
    b.due_date AS due_date,
    b.decision_number AS decision_no,
    b.is_registered AS is_registered,
    b.sealed_number AS account_no__sealed
FROM payments_bankaccount b
LEFT JOIN orgs_organisation o ON o.id = b.organisation_id
LEFT JOIN orgs_person p ON p.id = b.person_id
LEFT JOIN orgs_counterparty c ON c.id = b.counterparty_id
