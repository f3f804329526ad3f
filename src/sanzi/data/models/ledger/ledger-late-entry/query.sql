WITH booked AS (
    SELECT v.source_id
    FROM stg_voucher v
    WHERE v.posted_at IS NOT NULL AND v.source_kind IN ('payment', 'receipt', 'bank_txn')
),
month_of AS (
    -- A body whose books are kept here.
    SELECT t.org_id, t.period FROM stg_period t
)
SELECT
    'payment' AS finding_kind,
    p.payment_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(p.paid_at, '%Y-%m') AS period,
    CAST(p.paid_at AS DATE) AS business_date,
    'payment' AS ground,
    p.purpose AS told,
    CAST(p.paid_at AS DATE) AS done_on,
    p.amount_fen
FROM stg_payment p
WHERE p.status = 'paid'
    AND date_diff('day', CAST(p.paid_at AS DATE), CAST($as_of AS DATE)) > $days
    -- Asked one key at a time: with both at once every payment meets every voucher.
    AND NOT EXISTS (SELECT 1 FROM booked b WHERE b.source_id = p.case_id)
    AND NOT EXISTS (SELECT 1 FROM booked b WHERE b.source_id = p.payment_id)
    AND EXISTS (
        SELECT 1
        FROM month_of m
        WHERE m.org_id = p.org_id AND m.period = strftime(p.paid_at, '%Y-%m')
    )
UNION ALL
SELECT
    'receipt' AS finding_kind,
    r.receipt_id AS finding_id,
    r.village_id,
    r.org_id,
    strftime(r.issued_at, '%Y-%m') AS period,
    CAST(r.issued_at AS DATE) AS business_date,
    'receipt' AS ground,
    r.payer_name AS told,
    CAST(r.issued_at AS DATE) AS done_on,
    r.amount_fen
FROM stg_receipt r
WHERE r.voided_at IS NULL
    AND date_diff('day', CAST(r.issued_at AS DATE), CAST($as_of AS DATE)) > $days
    AND NOT EXISTS (SELECT 1 FROM booked b WHERE b.source_id = r.receipt_id)
    AND EXISTS (
        SELECT 1
        FROM month_of m
        WHERE m.org_id = r.org_id AND m.period = strftime(r.issued_at, '%Y-%m')
    )
UNION ALL
SELECT
    'org' AS finding_kind,
    t.org_id AS finding_id,
    COALESCE(o.village_id, o.division_code) AS village_id,
    t.org_id,
    t.period,
    last_day(CAST(concat(t.period, '-01') AS DATE)) AS business_date,
    'month' AS ground,
    t.period AS told,
    last_day(CAST(concat(t.period, '-01') AS DATE)) AS done_on,
    NULL AS amount_fen
FROM stg_period t
JOIN stg_org o ON o.org_id = t.org_id
WHERE t.closed_at IS NULL
    AND date_diff('day', last_day(CAST(concat(t.period, '-01') AS DATE)), CAST($as_of AS DATE))
        > $close_days
