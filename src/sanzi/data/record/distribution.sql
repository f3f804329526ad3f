SELECT
    d.ext_id AS distribution_id,
    o.ext_id AS org_id,
    d.division_code AS village_id,
    d.case_number AS case_id,
    d.year AS year,
    d.net_income_fen AS net_income_fen,
    d.loss_offset_fen AS loss_offset_fen,
    d.reserve_fen AS reserve_fen,
    d.welfare_fen AS welfare_fen,
    d.per_share_fen AS per_share_fen,
    d.distributed_fen AS distributed_fen,
    d.shown_start_date AS shown_start_date,
    d.shown_end_date AS shown_end_date,
    d.decision_ext_id AS decision_id,
    d.submitted_at AS submitted_at,
    d.approved_at AS approved_at,
    COALESCE(
        d.paid_at,
        (
            SELECT MAX(y.paid_at) FROM payments_payment y
            JOIN payments_paymentorder r ON r.id = y.order_id
            WHERE y.status = 'SETTLED' AND r.source_kind = 'other'
                AND r.source_id = d.case_number AND d.case_number <> ''
        )
    ) AS paid_at,
    d.status AS status
FROM yearly_distribution d
JOIN orgs_organisation o ON o.id = d.organisation_id
