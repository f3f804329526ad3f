SELECT
    f.village_id,
    'inspection_finding' AS row_kind,
    f.finding_id AS row_id,
    CASE WHEN f.closed_at <= f.due_at THEN 1 ELSE 0 END AS part,
    1 AS whole
FROM stg_inspection_finding f
WHERE CAST(f.due_at AS DATE) >= $since
    AND f.due_at <= $as_of
UNION ALL
SELECT
    w.village_id,
    'works_risk' AS row_kind,
    r.risk_id AS row_id,
    CASE WHEN CAST(r.closed_at AS DATE) <= r.due_date THEN 1 ELSE 0 END AS part,
    1 AS whole
FROM stg_works_risk r
JOIN stg_works w ON w.works_id = r.works_id
WHERE r.due_date >= $since
    AND r.due_date < CAST($as_of AS DATE)
