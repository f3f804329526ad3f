WITH owed AS (
    SELECT
        b.*,
        b.amount_fen - b.received_fen
            - CASE WHEN b.waiver_decision_id IS NULL THEN 0 ELSE b.waived_fen END AS owed_fen,
        CAST(b.last_dunned_at AS DATE) AS dunned_on
    FROM stg_rent_bill b
    WHERE NOT b.is_dropped
),
quiet AS (
    SELECT
        'rent_bill' AS finding_kind,
        o.bill_id AS finding_id,
        CASE WHEN o.dunned_on IS NULL THEN 'never' ELSE 'pause' END AS ground,
        o.lease_id,
        o.due_date,
        o.owed_fen,
        date_diff('day', COALESCE(o.dunned_on, o.due_date), CAST($as_of AS DATE)) AS quiet_days
    FROM owed o
    WHERE o.owed_fen > 0
),
running_out AS (
    -- A written reminder starts the three years anew.
    SELECT
        'lease' AS finding_kind,
        o.lease_id AS finding_id,
        'limitation' AS ground,
        o.lease_id,
        MIN(COALESCE(o.dunned_on, o.due_date)) AS due_date,
        CAST(SUM(o.owed_fen) AS BIGINT) AS owed_fen,
        MAX(date_diff('day', COALESCE(o.dunned_on, o.due_date), CAST($as_of AS DATE)))
            AS quiet_days
    FROM owed o
    WHERE o.owed_fen > 0
        AND COALESCE(o.dunned_on, o.due_date) + INTERVAL ($limitation_years) YEAR
            - INTERVAL ($warn_months) MONTH <= CAST($as_of AS DATE)
    GROUP BY o.lease_id
),
found AS (
    SELECT q.*
    FROM quiet q
    WHERE q.quiet_days >= CASE WHEN q.ground = 'never' THEN $first_days ELSE $gap_days END
    UNION ALL
    SELECT r.*
    FROM running_out r
)
SELECT
    f.finding_kind,
    f.finding_id,
    l.village_id,
    a.org_id,
    strftime(f.due_date, '%Y-%m') AS period,
    f.due_date AS business_date,
    f.ground,
    a.name AS asset_name,
    t.name AS tenant_name,
    f.due_date,
    f.quiet_days,
    f.owed_fen
FROM found f
JOIN stg_lease l ON l.lease_id = f.lease_id
JOIN stg_asset a ON a.asset_id = l.asset_id
JOIN stg_counterparty t ON t.counterparty_id = l.tenant_counterparty_id
