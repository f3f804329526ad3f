SELECT
    o.village_id,
    'reconciliation' AS row_kind,
    r.reconciliation_id AS row_id,
    CASE
        WHEN r.signed_at IS NOT NULL AND r.signed_by_person_id <> r.prepared_by_person_id THEN 1
        ELSE 0
    END AS part,
    1 AS whole
FROM stg_reconciliation r
JOIN stg_org o ON o.org_id = r.org_id
WHERE o.level = 'village'
    AND LENGTH(r.period) = 7
    AND last_day(CAST(r.period || '-01' AS DATE)) >= $since
    AND last_day(CAST(r.period || '-01' AS DATE)) < CAST($as_of AS DATE)
