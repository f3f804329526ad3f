SELECT
    w.village_id,
    'works' AS row_kind,
    w.works_id AS row_id,
    NULL AS month,
    'cost' AS key,
    w.audited_fen AS part,
    w.estimate_fen AS whole
FROM stg_works w
WHERE w.audited_fen IS NOT NULL
    AND w.estimate_fen > 0
    AND CAST(w.audited_at AS DATE) >= $since
    AND w.audited_at <= $as_of
