WITH stopped AS (
    -- One finding for each stopped order, named by its first line.
    SELECT
        p.case_id,
        MIN(p.line_no) AS line_no,
        SUM(p.amount_fen) AS total_fen
    FROM stg_payment p
    WHERE p.stopped_reason IS NOT NULL AND p.stopped_reason <> ''
        AND p.created_at <= $as_of
    GROUP BY p.case_id
)
SELECT
    'payment' AS finding_kind,
    p.payment_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(p.created_at, '%Y-%m') AS period,
    CAST(p.created_at AS DATE) AS business_date,
    'payment' AS ground,
    p.line_no,
    s.total_fen AS amount_fen,
    p.stopped_reason
FROM stopped s
JOIN stg_payment p ON p.case_id = s.case_id AND p.line_no = s.line_no
