WITH dated AS NOT MATERIALIZED (
    -- A request not handed in yet counts as handed in now.
    SELECT
        p.payment_id,
        p.case_id,
        p.line_no,
        p.org_id,
        p.village_id,
        p.subject_code,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
first_line AS (
    SELECT d.case_id, MIN(d.line_no) AS line_no FROM dated d GROUP BY d.case_id
),
proof AS (
    -- A proof of a whole case stands for its first line.
    SELECT d.payment_id, i.invoice_id, i.kind, i.item_text, i.amount_fen, i.seller_tax_no
    FROM stg_invoice i
    JOIN dated d ON d.payment_id = i.payment_id
    UNION ALL
    SELECT d.payment_id, i.invoice_id, i.kind, i.item_text, i.amount_fen, i.seller_tax_no
    FROM stg_invoice i
    JOIN first_line f ON f.case_id = i.case_id
    JOIN dated d ON d.case_id = f.case_id AND d.line_no = f.line_no
    WHERE i.payment_id IS NULL
),
classed AS (
    -- The tax office's short class stands between two stars: *纸制品*复印纸.
    SELECT
        i.payment_id,
        i.invoice_id,
        split_part(i.item_text, '*', 2) AS item_class,
        i.seller_tax_no
    FROM proof i
    WHERE i.kind IN ('e_invoice', 'paper_invoice')
        AND i.item_text LIKE '*%*%'
        AND i.amount_fen >= $floor_fen
),
word AS (
    SELECT split_part(w.pair, ':', 1) AS item_class, split_part(w.pair, ':', 2) AS scope_word
    FROM (SELECT UNNEST($class_words) AS pair) w
),
judged AS (
    SELECT
        c.payment_id,
        c.invoice_id,
        c.item_class,
        CASE
            WHEN list_contains($ruled_subjects, p.subject_code)
                AND NOT list_contains($subject_classes, concat(p.subject_code, ':', c.item_class))
                THEN 'subject'
            WHEN list_contains($ruled_classes, c.item_class)
                AND EXISTS (
                    SELECT 1
                    FROM stg_counterparty s
                    WHERE s.uscc = c.seller_tax_no AND s.business_scope IS NOT NULL
                )
                AND NOT EXISTS (
                    SELECT 1
                    FROM stg_counterparty s
                    JOIN word w ON w.item_class = c.item_class
                    WHERE s.uscc = c.seller_tax_no
                        AND position(w.scope_word IN s.business_scope) > 0
                )
                THEN 'scope'
        END AS ground
    FROM classed c
    JOIN dated p ON p.payment_id = c.payment_id
),
one AS (
    SELECT j.payment_id, MIN(j.invoice_id) AS invoice_id
    FROM judged j
    WHERE j.ground IS NOT NULL
    GROUP BY j.payment_id
)
SELECT
    'payment' AS finding_kind,
    d.payment_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.business_at, '%Y-%m') AS period,
    CAST(d.business_at AS DATE) AS business_date,
    j.ground,
    d.line_no,
    i.amount_fen,
    i.invoice_no,
    j.item_class,
    COALESCE(i.seller_name, '开票的店') AS seller_name
FROM one h
JOIN judged j ON j.payment_id = h.payment_id AND j.invoice_id = h.invoice_id
JOIN dated d ON d.payment_id = h.payment_id
JOIN stg_invoice i ON i.invoice_id = h.invoice_id
