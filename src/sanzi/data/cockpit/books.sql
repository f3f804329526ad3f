WITH due AS (
    SELECT
        COALESCE(o.village_id, o.division_code) AS place,
        p.book_id,
        p.period,
        p.closed_at,
        last_day(CAST(p.period || '-01' AS DATE)) + 15 AS due_on
    FROM stg_period p
    JOIN stg_org o ON o.org_id = p.org_id
    WHERE LENGTH(p.period) = 7
)
SELECT
    d.place AS village_id,
    'period' AS row_kind,
    d.book_id || ' ' || d.period AS row_id,
    d.period AS month,
    'in_time' AS key,
    CASE WHEN CAST(d.closed_at AS DATE) <= d.due_on THEN 1 ELSE 0 END AS part,
    1 AS whole
FROM due d
WHERE d.due_on >= $since AND d.due_on < CAST($as_of AS DATE)
