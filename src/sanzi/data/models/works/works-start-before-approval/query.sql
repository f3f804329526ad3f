WITH bill AS (
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
logged AS (
    SELECT g.works_id, MIN(g.logged_at) AS first_at
    FROM stg_works_log g
    WHERE g.kind = 'progress'
    GROUP BY g.works_id
),
begun AS (
    SELECT
        w.works_id,
        w.village_id,
        w.org_id,
        w.name,
        w.is_emergency,
        w.applied_at,
        w.approved_at,
        -- What nobody has approved yet is not approved today either.
        COALESCE(w.approved_at, $as_of) AS until_at,
        LEAST(w.started_at, g.first_at) AS first_at,
        b.billed_on
    FROM stg_works w
    LEFT JOIN logged g ON g.works_id = w.works_id
    LEFT JOIN billed b ON b.case_id = w.case_id
),
early AS (
    SELECT
        b.*,
        CASE WHEN b.first_at < b.until_at THEN 'start' ELSE 'invoice' END AS ground,
        CASE WHEN b.first_at < b.until_at THEN CAST(b.first_at AS DATE) ELSE b.billed_on END
            AS early_on,
        -- An invoice names a day, which lasts until midnight.
        CASE WHEN b.first_at < b.until_at THEN b.first_at
            ELSE CAST(b.billed_on + 1 AS TIMESTAMP) END AS early_at
    FROM begun b
    WHERE b.first_at < b.until_at OR b.billed_on < CAST(b.until_at AS DATE)
)
SELECT
    'works' AS finding_kind,
    e.works_id AS finding_id,
    e.village_id,
    e.org_id,
    strftime(e.early_on, '%Y-%m') AS period,
    e.early_on AS business_date,
    e.ground,
    e.name,
    e.early_on,
    CAST(e.approved_at AS DATE) AS approved_on
FROM early e
WHERE NOT COALESCE(
    e.is_emergency AND e.applied_at <= e.early_at + INTERVAL 1 HOUR * $backfill_hours,
    FALSE
)
