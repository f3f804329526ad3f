-- A number of twenty figures stands alone; an older one belongs to its code.
SELECT
    'invoice' AS row_kind,
    i.invoice_id AS row_id,
    i.village_id AS village_id,
    CAST(NULL AS VARCHAR) AS person_id,
    CASE WHEN length(i.invoice_no) = 20 THEN i.invoice_no
        ELSE concat(COALESCE(i.invoice_code, ''), '/', i.invoice_no) END AS plain
FROM stg_invoice i
WHERE i.invoice_no IS NOT NULL
    AND i.payment_id IS NOT NULL
    AND i.kind IN ('e_invoice', 'paper_invoice', 'fiscal_receipt')
    AND i.issue_date BETWEEN CAST($from_date AS DATE) AND CAST($until_date AS DATE)
