WITH owed AS (
    -- What was let off without a decision is still owed.
    SELECT
        b.*,
        b.amount_fen - b.received_fen
            - CASE WHEN b.waiver_decision_id IS NULL THEN 0 ELSE b.waived_fen END AS owed_fen,
        date_diff('day', b.due_date, CAST($as_of AS DATE)) AS late_days
    FROM stg_rent_bill b
    WHERE NOT b.is_dropped
)
SELECT
    'rent_bill' AS finding_kind,
    b.bill_id AS finding_id,
    b.village_id,
    a.org_id,
    strftime(b.due_date, '%Y-%m') AS period,
    b.due_date AS business_date,
    CASE
        WHEN b.late_days >= list_max($higher_days) THEN 'red'
        WHEN b.late_days >= list_min($higher_days) THEN 'orange'
        ELSE 'yellow'
    END AS ground,
    a.name AS asset_name,
    t.name AS tenant_name,
    b.due_date,
    b.late_days,
    b.owed_fen
FROM owed b
JOIN stg_lease l ON l.lease_id = b.lease_id
JOIN stg_asset a ON a.asset_id = l.asset_id
JOIN stg_counterparty t ON t.counterparty_id = l.tenant_counterparty_id
WHERE b.late_days >= $yellow_days AND b.owed_fen >= $floor_fen
