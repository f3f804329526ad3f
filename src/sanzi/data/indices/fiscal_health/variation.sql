WITH changed AS (
    SELECT v.works_id, CAST(SUM(v.amount_fen) AS BIGINT) AS more_fen
    FROM stg_works_variation v
    WHERE v.approved_at <= $as_of
    GROUP BY v.works_id
)
SELECT
    w.village_id,
    'works' AS row_kind,
    w.works_id AS row_id,
    GREATEST(COALESCE(g.more_fen, 0), 0) AS part,
    c.amount_fen AS whole
FROM stg_works w
JOIN stg_contract c ON c.contract_id = w.contract_id
LEFT JOIN changed g ON g.works_id = w.works_id
WHERE c.amount_fen > 0
    AND w.started_at <= $as_of
    AND (w.completed_at IS NULL OR CAST(w.completed_at AS DATE) >= $since)
