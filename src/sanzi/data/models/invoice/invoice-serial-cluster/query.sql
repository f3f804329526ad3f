WITH live AS (
    SELECT
        p.payment_id,
        p.case_id,
        p.org_id,
        p.village_id,
        CAST(COALESCE(p.submitted_at, p.created_at) AS DATE) AS business_day
    FROM stg_payment p
    WHERE p.status IN ('submitted', 'approved', 'dispatched', 'paid')
        AND NOT list_contains($spared_subjects, p.subject_code)
),
first_line AS (
    SELECT l.case_id, MIN(l.payment_id) AS payment_id FROM live l GROUP BY l.case_id
),
proof AS (
    SELECT i.seller_tax_no, i.seller_name, i.invoice_no, i.kind, i.amount_fen,
        l.payment_id, l.village_id, l.org_id, l.business_day
    FROM stg_invoice i
    JOIN live l ON l.payment_id = i.payment_id
    UNION ALL
    SELECT i.seller_tax_no, i.seller_name, i.invoice_no, i.kind, i.amount_fen,
        l.payment_id, l.village_id, l.org_id, l.business_day
    FROM stg_invoice i
    JOIN first_line f ON f.case_id = i.case_id
    JOIN live l ON l.payment_id = f.payment_id
    WHERE i.payment_id IS NULL
),
numbered AS (
    -- One row for each invoice of a village, however many payments it was split over.
    SELECT
        f.village_id,
        COALESCE(f.seller_tax_no, f.seller_name) AS seller,
        f.seller_name,
        f.invoice_no,
        CAST(f.invoice_no AS DECIMAL(20, 0)) AS serial,
        MAX(f.amount_fen) AS amount_fen,
        MAX(f.payment_id) AS payment_id,
        MIN(f.org_id) AS org_id,
        MAX(f.business_day) AS business_day
    FROM proof f
    WHERE f.kind IN ('e_invoice', 'paper_invoice')
        AND regexp_matches(f.invoice_no, '^[0-9]{1,20}$')
        AND (f.seller_tax_no IS NOT NULL OR f.seller_name IS NOT NULL)
    GROUP BY f.village_id, f.seller_tax_no, f.seller_name, f.invoice_no
),
stepped AS (
    SELECT
        n.*,
        n.serial - LAG(n.serial) OVER (
            PARTITION BY n.village_id, n.seller ORDER BY n.serial
        ) AS gap,
        LEAD(n.serial) OVER (
            PARTITION BY n.village_id, n.seller ORDER BY n.serial
        ) - n.serial AS next_gap
    FROM numbered n
),
runs AS (
    -- A number without a neighbour makes no run.
    SELECT
        s.*,
        SUM(CASE WHEN s.gap IS NULL OR s.gap > $max_gap THEN 1 ELSE 0 END) OVER (
            PARTITION BY s.village_id, s.seller ORDER BY s.serial
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS run_no
    FROM stepped s
    WHERE LEAST(COALESCE(s.gap, s.next_gap), COALESCE(s.next_gap, s.gap)) <= $max_gap
),
ended AS (
    SELECT r.village_id, r.seller, r.run_no, MAX(r.business_day) AS last_day
    FROM runs r
    GROUP BY r.village_id, r.seller, r.run_no
),
cluster AS (
    SELECT
        r.village_id,
        r.seller,
        r.run_no,
        COUNT(*) AS invoice_count,
        SUM(r.amount_fen) AS amount_fen,
        MAX(r.serial) AS last_serial
    FROM runs r
    JOIN ended e ON e.village_id = r.village_id AND e.seller = r.seller AND e.run_no = r.run_no
    WHERE date_diff('day', r.business_day, e.last_day) <= $window_days
    GROUP BY r.village_id, r.seller, r.run_no
)
SELECT
    'payment' AS finding_kind,
    r.payment_id AS finding_id,
    r.village_id,
    r.org_id,
    strftime(r.business_day, '%Y-%m') AS period,
    r.business_day AS business_date,
    c.invoice_count,
    c.amount_fen,
    COALESCE(r.seller_name, '未知店家') AS seller_name,
    r.invoice_no
FROM cluster c
JOIN runs r ON r.village_id = c.village_id AND r.seller = c.seller AND r.run_no = c.run_no
    AND r.serial = c.last_serial
WHERE c.invoice_count >= $min_count AND c.amount_fen >= $floor_fen
