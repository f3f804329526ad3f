WITH written AS (
    -- With whom the village has a contract on paper; those from before the register are source
    -- matters, among which the register's own stand too.
    SELECT DISTINCT c.village_id, c.counterparty_id
    FROM stg_contract c
    WHERE NOT c.is_oral AND c.status IN ('approved', 'closed')
    UNION
    SELECT DISTINCT s.village_id, s.counterparty_id
    FROM stg_source_matter s
    WHERE s.kind = 'contract' AND s.status IN ('approved', 'closed')
        AND NOT EXISTS (SELECT 1 FROM stg_contract c WHERE c.contract_id = s.source_id)
),
heavy AS (
    -- What one matter paid a shop of a village in all years; less is never a contract's worth.
    SELECT p.village_id, p.payee_counterparty_id, p.source_id
    FROM stg_payment p
    GROUP BY p.village_id, p.payee_counterparty_id, p.source_id
    HAVING SUM(CASE WHEN p.amount_fen > 0 THEN p.amount_fen ELSE 0 END) >= $floor_fen
),
line AS (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.payment_id,
        p.case_id,
        p.line_no,
        p.village_id,
        p.source_id,
        p.payee_counterparty_id,
        p.amount_fen,
        COALESCE(p.case_id, '') AS case_key,
        COALESCE(p.line_no, 0) AS line_key,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at,
        CASE WHEN p.status IN ('submitted', 'approved', 'dispatched', 'paid') THEN 0 ELSE 1 END
            AS late
    FROM stg_payment p
    JOIN heavy h ON h.village_id = p.village_id
        AND h.payee_counterparty_id = p.payee_counterparty_id
        AND h.source_id = p.source_id
    LEFT JOIN written w ON w.village_id = p.village_id
        AND w.counterparty_id = p.payee_counterparty_id
    WHERE p.status NOT IN ('withdrawn', 'rejected', 'bank_rejected', 'bank_returned')
        AND w.counterparty_id IS NULL
),
summed AS (
    SELECT
        p.payment_id,
        MIN(p.business_at) AS business_at,
        COUNT(*) AS payment_count,
        CAST(SUM(q.amount_fen) AS BIGINT) AS total_fen
    FROM line p
    JOIN line q ON q.payee_counterparty_id = p.payee_counterparty_id
        AND q.source_id = p.source_id
        AND q.village_id = p.village_id
        AND EXTRACT(YEAR FROM q.business_at) = EXTRACT(YEAR FROM p.business_at)
        AND (q.business_at, q.late, q.case_key, q.line_key, q.payment_id)
            <= (p.business_at, p.late, p.case_key, p.line_key, p.payment_id)
        AND (q.late = 0 OR q.case_id = p.case_id)
    GROUP BY p.payment_id
    HAVING SUM(q.amount_fen) >= $floor_fen
)
SELECT
    'payment' AS finding_kind,
    p.payment_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(s.business_at, '%Y-%m') AS period,
    CAST(s.business_at AS DATE) AS business_date,
    p.line_no,
    'payment' AS ground,
    p.payee_name AS party_name,
    s.payment_count,
    s.total_fen,
    CAST(NULL AS DATE) AS start_on,
    CAST(NULL AS DATE) AS end_on
FROM summed s
JOIN stg_payment p ON p.payment_id = s.payment_id
UNION ALL
SELECT
    'lease' AS finding_kind,
    l.lease_id AS finding_id,
    l.village_id,
    a.org_id,
    strftime(l.start_date, '%Y-%m') AS period,
    l.start_date AS business_date,
    NULL AS line_no,
    'lease' AS ground,
    k.name AS party_name,
    NULL AS payment_count,
    NULL AS total_fen,
    l.start_date AS start_on,
    l.end_date AS end_on
FROM stg_lease l
LEFT JOIN stg_asset a ON a.asset_id = l.asset_id
LEFT JOIN stg_counterparty k ON k.counterparty_id = l.tenant_counterparty_id
LEFT JOIN stg_contract c ON c.contract_id = l.contract_id
-- A lease to the last day of June has run six months when July begins.
WHERE CAST(l.end_date + 1 AS TIMESTAMP)
        >= CAST(l.start_date AS TIMESTAMP) + INTERVAL 1 MONTH * $lease_months
    AND (l.contract_id IS NULL OR c.is_oral)
