SELECT
    d.village_id,
    'decision' AS row_kind,
    d.decision_id AS row_id,
    CASE WHEN r.is_recused THEN 1 ELSE 0 END AS part,
    1 AS whole
FROM stg_decision_recusal r
JOIN stg_decision d ON d.decision_id = r.decision_id
WHERE CAST(d.passed_at AS DATE) >= $since
    AND d.passed_at <= $as_of
