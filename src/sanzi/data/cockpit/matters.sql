SELECT
    c.village_id,
    'case' AS row_kind,
    c.case_id AS row_id,
    LEFT(CAST(c.submitted_at AS VARCHAR), 7) AS month,
    c.matter_code AS key,
    CASE WHEN c.approved_at IS NULL THEN 0 ELSE date_diff('hour', c.submitted_at, c.approved_at) END AS part,
    CASE WHEN c.approved_at IS NULL THEN 0 ELSE 1 END AS whole
FROM stg_case c
WHERE c.submitted_at IS NOT NULL
    AND CAST(c.submitted_at AS DATE) >= $since
    AND c.submitted_at <= $as_of
