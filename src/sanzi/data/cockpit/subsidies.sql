SELECT
    a.village_id,
    'case' AS row_kind,
    a.case_id AS row_id,
    LEFT(CAST(a.paid_at AS VARCHAR), 7) AS month,
    p.name AS key,
    a.amount_fen AS part,
    1 AS whole
FROM stg_award a
JOIN stg_program p ON p.program_id = a.program_id
WHERE a.paid_at IS NOT NULL
    AND a.case_id IS NOT NULL
    AND CAST(a.paid_at AS DATE) >= $since
    AND a.paid_at <= $as_of
