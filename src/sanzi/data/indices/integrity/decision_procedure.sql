SELECT
    d.village_id,
    'decision' AS row_kind,
    d.decision_id AS row_id,
    CASE
        WHEN d.present_count * 2 > d.eligible_count
            AND d.agree_count * 2 > d.present_count
            AND d.minutes_hash IS NOT NULL
            THEN 1
        ELSE 0
    END AS part,
    1 AS whole
FROM stg_decision d
WHERE d.status = 'passed'
    AND CAST(d.passed_at AS DATE) >= $since
    AND d.passed_at <= $as_of
