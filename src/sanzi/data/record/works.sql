SELECT
    w.ext_id AS works_id,
    o.ext_id AS org_id,
    w.division_code AS village_id,
    w.case_number AS case_id,
    w.name AS name,
    w.kind AS kind,
    w.place AS place,
    w.lat_micro AS lat_micro,
    w.lng_micro AS lng_micro,
    w.fund_code AS fund_code,
    w.estimate_fen AS estimate_fen,
    w.guide_price_fen AS guide_price_fen,
    g.ext_id AS guide_price_agency_id,
    w.limit_price_fen AS limit_price_fen,
    w.decision_ext_id AS decision_id,
    w.contract_ext_id AS contract_id,
    k.ext_id AS counterparty_id,
    w.applied_at AS applied_at,
    w.approved_at AS approved_at,
    w.started_at AS started_at,
    w.planned_end_date AS planned_end_date,
    w.completed_at AS completed_at,
    w.accepted_at AS accepted_at,
    w.settled_at AS settled_at,
    w.settlement_fen AS settlement_fen,
    w.audited_at AS audited_at,
    w.audited_fen AS audited_fen,
    u.ext_id AS audit_agency_id,
    (
        SELECT COALESCE(SUM(y.amount_fen), 0)
        FROM payments_payment y
        JOIN payments_paymentorder r ON r.id = y.order_id
        WHERE
            r.source_kind = 'works' AND r.source_id = w.case_number
            AND w.case_number <> '' AND y.status = 'SETTLED'
    ) AS paid_fen,
    w.retention_fen AS retention_fen,
    w.warranty_end_date AS warranty_end_date,
    w.is_emergency AS is_emergency,
    w.qr_code AS qr_code,
    w.qr_updated_at AS qr_updated_at,
    w.status AS status,
    w.stage_changed_at AS stage_changed_at
FROM works_works w
JOIN orgs_organisation o ON o.id = w.organisation_id
LEFT JOIN orgs_counterparty k ON k.id = w.counterparty_id
LEFT JOIN orgs_counterparty g ON g.id = w.guide_agency_id
LEFT JOIN orgs_counterparty u ON u.id = w.audit_agency_id
