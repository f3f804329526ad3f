WITH dated AS NOT MATERIALIZED (
    -- A request not handed in yet counts as handed in now.
    SELECT
        p.payment_id,
        p.case_id,
        p.line_no,
        p.org_id,
        p.village_id,
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
    SELECT d.payment_id, d.org_id, i.invoice_id, i.kind, i.buyer_tax_no, i.buyer_name
    FROM stg_invoice i
    JOIN dated d ON d.payment_id = i.payment_id
    UNION ALL
    SELECT d.payment_id, d.org_id, i.invoice_id, i.kind, i.buyer_tax_no, i.buyer_name
    FROM stg_invoice i
    JOIN first_line f ON f.case_id = i.case_id
    JOIN dated d ON d.case_id = f.case_id AND d.line_no = f.line_no
    WHERE i.payment_id IS NULL
),
judged AS (
    SELECT
        i.payment_id,
        i.invoice_id,
        CASE
            WHEN i.buyer_tax_no IS NOT NULL AND o.uscc IS NOT NULL AND i.buyer_tax_no <> o.uscc
                THEN 'tax_no'
            WHEN (i.buyer_tax_no IS NULL OR o.uscc IS NULL) AND i.buyer_name IS NOT NULL
                AND replace(replace(i.buyer_name, '（', '('), '）', ')')
                    <> replace(replace(o.name, '（', '('), '）', ')')
                THEN 'name'
        END AS ground
    FROM proof i
    JOIN stg_org o ON o.org_id = i.org_id
    WHERE i.kind IN ('e_invoice', 'paper_invoice')
        AND NOT ($allow_committee_for_collective = 'yes'
            AND o.kind = 'collective'
            AND EXISTS (
                SELECT 1
                FROM stg_org v
                WHERE v.village_id = o.village_id
                    AND v.kind = 'village_committee'
                    AND (v.uscc = i.buyer_tax_no OR v.name = i.buyer_name)
            ))
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
    COALESCE(i.buyer_name, '别的单位') AS buyer_name,
    o.name AS body_name
FROM one h
JOIN judged j ON j.payment_id = h.payment_id AND j.invoice_id = h.invoice_id
JOIN dated d ON d.payment_id = h.payment_id
JOIN stg_invoice i ON i.invoice_id = h.invoice_id
JOIN stg_org o ON o.org_id = d.org_id
