WITH due AS (
    SELECT
        o.village_id,
        p.book_id,
        p.period,
        p.closed_at,
        last_day(CAST(p.period || '-01' AS DATE)) + 15 AS due_on
    FROM stg_period p
    JOIN stg_org o ON o.org_id = p.org_id
    WHERE LENGTH(p.period) = 7 AND o.level = 'village'
)
SELECT
    d.village_id,
    'period' AS row_kind,
    d.book_id || ' ' || d.period AS row_id,
    CASE WHEN CAST(d.closed_at AS DATE) <= d.due_on THEN 1 ELSE 0 END AS part,
    1 AS whole
FROM due d
WHERE d.due_on >= $since AND d.due_on < CAST($as_of AS DATE)
