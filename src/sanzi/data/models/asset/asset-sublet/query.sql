SELECT
    'lease' AS finding_kind,
    l.lease_id AS finding_id,
    l.village_id,
    a.org_id,
    strftime(l.start_date, '%Y-%m') AS period,
    l.start_date AS business_date,
    a.name AS asset_name,
    t.name AS tenant_name,
    u.name AS user_name,
    l.rent_fen_year
FROM stg_lease l
JOIN stg_asset a ON a.asset_id = l.asset_id
JOIN stg_counterparty t ON t.counterparty_id = l.tenant_counterparty_id
JOIN stg_counterparty u ON u.counterparty_id = l.actual_user_counterparty_id
WHERE l.actual_user_counterparty_id <> l.tenant_counterparty_id
    AND l.returned_at IS NULL
    AND NOT EXISTS (
        -- The village's consent: a filed agreement with the user under the contract of the lease.
        SELECT 1
        FROM stg_contract c
        WHERE c.parent_contract_id = l.contract_id
            AND c.counterparty_id = l.actual_user_counterparty_id
            AND c.filed_at IS NOT NULL
    )
