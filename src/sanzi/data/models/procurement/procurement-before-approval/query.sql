WITH bill AS (
    -- Invoices of what was paid for the purchase, hung on the payment or on its case.
    SELECT p.source_id AS case_id, i.issue_date
    FROM stg_payment p
    JOIN stg_invoice i ON i.payment_id = p.payment_id
    UNION ALL
    SELECT p.source_id AS case_id, i.issue_date
    FROM stg_payment p
    JOIN stg_invoice i ON i.case_id = p.case_id
),
billed AS (
    SELECT b.case_id, MIN(b.issue_date) AS billed_on
    FROM bill b
    GROUP BY b.case_id
),
bought AS (
    SELECT
        p.procurement_id,
        p.village_id,
        p.org_id,
        p.title,
        p.method,
        p.submitted_at,
        p.approved_at,
        -- What nobody has approved yet is not approved today either.
        COALESCE(p.approved_at, $as_of) AS until_at,
        LEAST(p.ordered_at, p.delivered_at) AS first_at,
        b.billed_on
    FROM stg_procurement p
    LEFT JOIN billed b ON b.case_id = p.case_id
),
early AS (
    SELECT
        b.*,
        CASE WHEN b.first_at < b.until_at THEN 'order' ELSE 'invoice' END AS ground,
        CASE WHEN b.first_at < b.until_at THEN CAST(b.first_at AS DATE) ELSE b.billed_on END
            AS early_on,
        -- An invoice names a day, which lasts until midnight.
        CASE WHEN b.first_at < b.until_at THEN b.first_at
            ELSE CAST(b.billed_on + 1 AS TIMESTAMP) END AS early_at
    FROM bought b
    WHERE b.first_at < b.until_at OR b.billed_on < CAST(b.until_at AS DATE)
)
SELECT
    'procurement' AS finding_kind,
    e.procurement_id AS finding_id,
    e.village_id,
    e.org_id,
    strftime(e.early_on, '%Y-%m') AS period,
    e.early_on AS business_date,
    e.ground,
    e.title,
    e.early_on,
    CAST(e.approved_at AS DATE) AS approved_on
FROM early e
WHERE NOT COALESCE(
    e.method = 'emergency' AND e.submitted_at <= e.early_at + INTERVAL 1 HOUR * $backfill_hours,
    FALSE
)
