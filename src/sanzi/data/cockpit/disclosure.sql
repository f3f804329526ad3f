SELECT
    d.village_id,
    'disclosure_due' AS row_kind,
    d.due_id AS row_id,
    LEFT(CAST(d.due_at AS VARCHAR), 7) AS month,
    'in_time' AS key,
    CASE WHEN COALESCE(d.published_at, d.empty_at) <= d.due_at THEN 1 ELSE 0 END AS part,
    1 AS whole
FROM stg_disclosure_due d
WHERE CAST(d.due_at AS DATE) >= $since
    AND d.due_at <= $as_of
