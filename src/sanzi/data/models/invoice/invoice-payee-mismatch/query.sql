WITH dated AS NOT MATERIALIZED (
    -- A request not handed in yet counts as handed in now.
    SELECT
        p.payment_id,
        p.case_id,
        p.source_id,
        p.contract_id,
        p.payee_counterparty_id,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
single AS (
    -- A proof of a whole case speaks of its payee only where there is one.
    SELECT d.case_id, MIN(d.payment_id) AS payment_id
    FROM dated d
    GROUP BY d.case_id
    HAVING COUNT(*) = 1
),
proof AS (
    SELECT d.payment_id, d.payee_counterparty_id, d.source_id, d.contract_id,
        i.invoice_id, i.kind, i.seller_tax_no
    FROM stg_invoice i
    JOIN dated d ON d.payment_id = i.payment_id
    UNION ALL
    SELECT d.payment_id, d.payee_counterparty_id, d.source_id, d.contract_id,
        i.invoice_id, i.kind, i.seller_tax_no
    FROM stg_invoice i
    JOIN single s ON s.case_id = i.case_id
    JOIN dated d ON d.payment_id = s.payment_id
    WHERE i.payment_id IS NULL
),
agreed AS (
    SELECT s.source_id
    FROM stg_source_matter s
    WHERE s.status IN ('approved', 'closed')
        AND (s.title LIKE '%三方%' OR s.title LIKE '%债权转让%' OR s.title LIKE '%保理%')
),
one AS (
    SELECT i.payment_id, MIN(i.invoice_id) AS invoice_id
    FROM proof i
    JOIN stg_counterparty c ON c.counterparty_id = i.payee_counterparty_id
    WHERE i.kind IN ('e_invoice', 'paper_invoice')
        AND i.seller_tax_no <> c.uscc
        AND $tripartite_needed = 'yes'
        AND NOT EXISTS (
            SELECT 1 FROM agreed a WHERE a.source_id = i.source_id OR a.source_id = i.contract_id
        )
    GROUP BY i.payment_id
)
SELECT
    'payment' AS finding_kind,
    d.payment_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(d.business_at, '%Y-%m') AS period,
    CAST(d.business_at AS DATE) AS business_date,
    p.line_no,
    i.amount_fen,
    i.invoice_no,
    COALESCE(i.seller_name, '另一家') AS seller_name,
    p.payee_name
FROM one h
JOIN dated d ON d.payment_id = h.payment_id
JOIN stg_payment p ON p.payment_id = d.payment_id
JOIN stg_invoice i ON i.invoice_id = h.invoice_id
