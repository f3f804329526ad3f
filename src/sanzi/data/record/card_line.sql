SELECT
    l.ext_id AS card_line_id,
    c.ext_id AS card_id,
    o.ext_id AS org_id,
    c.division_code AS village_id,
    l.bank_ref AS bank_ref,
    l.booked_at AS booked_at,
    LOWER(l.kind) AS kind,
    l.amount_fen AS amount_fen,
    l.merchant AS merchant_name,
    l.mcc AS mcc,
    l.memo AS memo,
    s.ext_id AS settlement_id,
    p.ext_id AS payment_id,
    s.asked_at AS asked_at,
    s.repaid_at AS settled_at,
    l.due_date AS bill_due_date,
    l.is_suspended AS is_suspended,
    l.borne_at AS borne_at,
    l.borne_reason AS borne_reason
FROM payments_cardline l
JOIN payments_villagecard c ON c.id = l.card_id
JOIN orgs_organisation o ON o.id = c.organisation_id
LEFT JOIN payments_cardsettlement s ON s.id = l.settlement_id
LEFT JOIN payments_paymentorder r ON r.case_number = s.ext_id
LEFT JOIN payments_payment p ON p.order_id = r.id
