WITH books AS (
    SELECT DISTINCT p.book_id, p.standard_code FROM stg_period p WHERE p.standard_code <> 'sbe2011'
),
moved AS (
    SELECT
        b.org_id,
        b.subject_code,
        b.counterparty_id,
        b.debit_fen - b.credit_fen AS part
    FROM stg_opening_balance b
    JOIN books k ON k.book_id = b.book_id
    UNION ALL
    SELECT
        l.org_id,
        l.subject_code,
        l.counterparty_id,
        l.debit_fen - l.credit_fen AS part
    FROM stg_ledger_line l
    JOIN stg_voucher v ON v.voucher_id = l.voucher_id
    JOIN books k ON k.book_id = l.book_id
    WHERE v.voucher_date <= $last
),
summed AS (
    SELECT m.org_id, m.subject_code, m.counterparty_id, SUM(m.part) AS part
    FROM moved m
    WHERE list_contains($subjects, LEFT(m.subject_code, 3))
    GROUP BY m.org_id, m.subject_code, m.counterparty_id
)
SELECT
    COALESCE(o.village_id, o.division_code) AS village_id,
    o.name AS body,
    s.subject_code,
    c.name AS party,
    CAST(CASE WHEN $side = 'credit' THEN 0 - s.part ELSE s.part END AS BIGINT) AS book_fen,
    NULL AS checked_fen,
    NULL AS gap_fen,
    NULL AS reason,
    o.name || s.subject_code || COALESCE(c.name, '') AS sort
FROM summed s
JOIN stg_org o ON o.org_id = s.org_id
LEFT JOIN stg_counterparty c ON c.counterparty_id = s.counterparty_id
WHERE s.part <> 0 AND o.kind = 'collective'
