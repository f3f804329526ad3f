SELECT
    c.ext_id AS comp_id,
    t.ext_id AS taking_id,
    c.division_code AS village_id,
    t.project_name AS project_name,
    c.kind AS kind,
    c.parcel_id AS parcel_id,
    c.owner_kind AS owner_kind,
    p.ext_id AS person_id,
    p.name AS payee_name,
    (
        SELECT MIN(a.number_index) FROM payments_bankaccount a
        WHERE a.person_id = c.person_id AND a.kind = 'one_card' AND a.closed_date IS NULL
    ) AS payee_account_hash,
    c.quantity_milli / 1000.0 AS quantity,
    c.unit AS unit,
    c.unit_price_fen AS unit_price_fen,
    c.amount_fen AS amount_fen,
    s.ext_id AS survey_id,
    t.approved_at AS approved_at,
    t.fund_received_at AS fund_received_at,
    COALESCE(
        c.paid_at,
        (
            SELECT MAX(y.paid_at) FROM payments_payment y
            JOIN payments_paymentorder r ON r.id = y.order_id
            WHERE y.payee_person_id = c.person_id AND y.status = 'SETTLED'
                AND r.source_kind = 'compensation' AND r.source_id = t.case_number
                AND t.case_number <> ''
        )
    ) AS paid_at
FROM land_compensation c
JOIN land_landtaking t ON t.id = c.taking_id
LEFT JOIN orgs_person p ON p.id = c.person_id
LEFT JOIN land_survey s ON s.id = c.survey_id
