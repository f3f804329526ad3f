WITH month AS (
    SELECT DISTINCT
        p.org_id,
        p.period,
        last_day(CAST(p.period || '-01' AS DATE)) AS ends_on
    FROM stg_period p
    WHERE LENGTH(p.period) = 7
),
due AS (
    SELECT m.period, m.ends_on, a.account_id, o.village_id
    FROM month m
    JOIN stg_org o ON o.org_id = m.org_id
    JOIN stg_account a ON a.org_id = m.org_id
    WHERE o.level = 'village'
        AND a.is_registered
        AND (a.opened_date IS NULL OR a.opened_date <= m.ends_on)
        AND (a.closed_date IS NULL OR a.closed_date > m.ends_on)
        AND m.ends_on + 10 >= $since
        AND m.ends_on + 10 < CAST($as_of AS DATE)
)
SELECT
    d.village_id,
    CASE WHEN r.reconciliation_id IS NULL THEN 'account' ELSE 'reconciliation' END AS row_kind,
    COALESCE(r.reconciliation_id, d.account_id) AS row_id,
    CASE WHEN CAST(r.signed_at AS DATE) <= d.ends_on + 10 THEN 1 ELSE 0 END AS part,
    1 AS whole
FROM due d
LEFT JOIN stg_reconciliation r ON r.account_id = d.account_id AND r.period = d.period
