WITH serial AS (
    SELECT
        i.invoice_id,
        COALESCE(i.seller_tax_no, i.seller_name) AS seller,
        CAST(i.invoice_no AS DECIMAL(20, 0)) AS serial
    FROM stg_invoice i
    WHERE i.kind IN ('e_invoice', 'paper_invoice')
        AND regexp_matches(i.invoice_no, '^[0-9]{1,20}$')
        AND (i.seller_tax_no IS NOT NULL OR i.seller_name IS NOT NULL)
),
spaced AS (
    SELECT
        s.invoice_id,
        s.seller,
        s.serial,
        s.serial - LAG(s.serial) OVER (PARTITION BY s.seller ORDER BY s.serial) AS gap,
        LEAD(s.serial) OVER (PARTITION BY s.seller ORDER BY s.serial) - s.serial AS next_gap
    FROM serial s
),
beside AS (
    -- A number without a neighbour in all the land has none in a village.
    SELECT s.invoice_id, s.seller, s.serial
    FROM spaced s
    WHERE s.gap <= $max_gap OR s.next_gap <= $max_gap
),
live AS NOT MATERIALIZED (
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
    SELECT b.seller, b.serial, i.seller_tax_no, i.seller_name, i.invoice_no, i.amount_fen,
        l.payment_id, l.village_id, l.org_id, l.business_day
    FROM beside b
    JOIN stg_invoice i ON i.invoice_id = b.invoice_id
    JOIN live l ON l.payment_id = i.payment_id
    UNION ALL
    SELECT b.seller, b.serial, i.seller_tax_no, i.seller_name, i.invoice_no, i.amount_fen,
        l.payment_id, l.village_id, l.org_id, l.business_day
    FROM beside b
    JOIN stg_invoice i ON i.invoice_id = b.invoice_id
    JOIN first_line f ON f.case_id = i.case_id
    JOIN live l ON l.payment_id = f.payment_id
    WHERE i.payment_id IS NULL
),
numbered AS (
    -- One row for each invoice of a village, however many payments it was split over.
    SELECT
        f.village_id,
        f.seller,
        f.seller_name,
        f.invoice_no,
        f.serial,
        MAX(f.amount_fen) AS amount_fen,
        MAX(f.payment_id) AS payment_id,
        MIN(f.org_id) AS org_id,
        MAX(f.business_day) AS business_day
    FROM proof f
    GROUP BY f.village_id, f.seller, f.seller_tax_no, f.seller_name, f.invoice_no, f.serial
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
