WITH dated AS (
    -- A request not handed in yet counts as handed in now.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
first_line AS (
    SELECT d.case_id, MIN(d.line_no) AS line_no FROM dated d GROUP BY d.case_id
),
hit AS (
    -- A proof of a whole case stands for its first line.
    SELECT d.payment_id, MIN(i.invoice_id) AS invoice_id
    FROM stg_invoice i
    JOIN dated d ON d.payment_id = i.payment_id
    WHERE i.verify_status = 'failed' AND i.amount_fen >= $floor_fen
    GROUP BY d.payment_id
    UNION
    SELECT d.payment_id, MIN(i.invoice_id) AS invoice_id
    FROM stg_invoice i
    JOIN first_line f ON f.case_id = i.case_id
    JOIN dated d ON d.case_id = f.case_id AND d.line_no = f.line_no
    WHERE i.payment_id IS NULL AND i.verify_status = 'failed' AND i.amount_fen >= $floor_fen
    GROUP BY d.payment_id
),
one AS (
    SELECT h.payment_id, MIN(h.invoice_id) AS invoice_id FROM hit h GROUP BY h.payment_id
)
SELECT
    'payment' AS finding_kind,
    d.payment_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.business_at, '%Y-%m') AS period,
    CAST(d.business_at AS DATE) AS business_date,
    d.line_no,
    i.amount_fen,
    i.invoice_no
FROM one h
JOIN dated d ON d.payment_id = h.payment_id
JOIN stg_invoice i ON i.invoice_id = h.invoice_id
