WITH paid AS NOT MATERIALIZED (
    SELECT p.*, COALESCE(p.paid_at, p.submitted_at, p.created_at) AS business_at
    FROM stg_payment p
    WHERE p.status = 'paid'
),
first_line AS (
    SELECT p.case_id, MIN(p.line_no) AS line_no FROM paid p GROUP BY p.case_id
),
proof AS (
    -- A proof of a whole case stands for its first line.
    SELECT i.invoice_id, p.payment_id, p.case_id, i.verify_status, i.amount_fen
    FROM stg_invoice i
    JOIN paid p ON p.payment_id = i.payment_id
    UNION
    SELECT i.invoice_id, p.payment_id, p.case_id, i.verify_status, i.amount_fen
    FROM stg_invoice i
    JOIN first_line f ON f.case_id = i.case_id
    JOIN paid p ON p.case_id = f.case_id AND p.line_no = f.line_no
    WHERE i.payment_id IS NULL
),
hit AS (
    SELECT b.payment_id, MIN(b.invoice_id) AS invoice_id
    FROM proof b
    WHERE b.verify_status IN ('voided', 'red_flushed')
        AND b.amount_fen >= $floor_fen
        AND NOT EXISTS (
            SELECT 1 FROM proof g
            WHERE g.case_id = b.case_id AND g.invoice_id <> b.invoice_id
                AND g.verify_status = 'ok' AND g.amount_fen = b.amount_fen
        )
    GROUP BY b.payment_id
)
SELECT
    'payment' AS finding_kind,
    p.payment_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(p.business_at, '%Y-%m') AS period,
    CAST(p.business_at AS DATE) AS business_date,
    i.verify_status AS ground,
    p.line_no,
    i.amount_fen,
    i.invoice_no,
    CAST(i.verified_at AS DATE) AS verified_date
FROM hit h
JOIN paid p ON p.payment_id = h.payment_id
JOIN stg_invoice i ON i.invoice_id = h.invoice_id
