WITH outflow AS (
    SELECT
        t.txn_id,
        o.village_id,
        o.org_id,
        o.name AS body_name,
        CAST(t.booked_at AS DATE) AS booked_on,
        t.amount_fen
    FROM stg_bank_txn t
    JOIN stg_account a ON a.account_id = t.account_id
    JOIN stg_org o ON o.org_id = a.org_id
    WHERE t.direction = 'out'
        AND t.payment_id IS NULL
        AND o.level = 'village'
        AND NOT list_contains($own_channels, t.channel)
        AND date_diff('day', CAST(t.booked_at AS DATE), CAST($as_of AS DATE)) > $days
),
asked AS (
    SELECT
        p.village_id,
        strftime(p.created_at, '%Y-%m') AS period,
        p.case_id,
        MIN(p.org_id) AS org_id,
        MAX(CAST(p.created_at AS DATE)) AS created_on,
        MAX(CASE WHEN p.is_backfilled THEN 1 ELSE 0 END) AS is_late
    FROM stg_payment p
    WHERE p.status IN ('submitted', 'approved', 'dispatched', 'paid')
    GROUP BY p.village_id, strftime(p.created_at, '%Y-%m'), p.case_id
),
village_month AS (
    SELECT
        k.village_id,
        k.period,
        MIN(k.org_id) AS org_id,
        MAX(k.created_on) AS created_on,
        COUNT(*) AS case_count,
        SUM(k.is_late) AS late_count
    FROM asked k
    GROUP BY k.village_id, k.period
)
SELECT
    'bank_txn' AS finding_kind,
    f.txn_id AS finding_id,
    f.village_id,
    f.org_id,
    strftime(f.booked_on, '%Y-%m') AS period,
    f.booked_on AS business_date,
    'outflow' AS ground,
    f.body_name,
    f.amount_fen,
    NULL AS late_count,
    NULL AS case_count
FROM outflow f
UNION ALL
SELECT
    'village' AS finding_kind,
    m.village_id AS finding_id,
    m.village_id,
    m.org_id,
    m.period,
    m.created_on AS business_date,
    'backfilled' AS ground,
    o.name AS body_name,
    NULL AS amount_fen,
    m.late_count,
    m.case_count
FROM village_month m
JOIN stg_org o ON o.org_id = m.org_id
WHERE m.late_count * 100 > $max_share * m.case_count
