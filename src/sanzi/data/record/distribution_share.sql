SELECT
    s.ext_id AS share_id,
    d.ext_id AS distribution_id,
    p.ext_id AS person_id,
    s.share_count AS share_count,
    s.amount_fen AS amount_fen,
    (
        SELECT MAX(y.paid_at) FROM payments_payment y
        JOIN payments_paymentorder r ON r.id = y.order_id
        WHERE y.status = 'SETTLED' AND r.source_kind = 'other' AND y.payee_person_id = s.person_id
            AND r.source_id = d.case_number AND d.case_number <> ''
    ) AS paid_at
FROM yearly_share s
JOIN yearly_distribution d ON d.id = s.distribution_id
JOIN orgs_person p ON p.id = s.person_id
