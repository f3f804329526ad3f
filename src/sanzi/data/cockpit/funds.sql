WITH books AS (
    SELECT DISTINCT p.book_id, p.standard_code FROM stg_period p
),
moved AS (
    SELECT
        b.org_id,
        b.subject_code,
        bk.standard_code,
        NULL AS month,
        'org' AS row_kind,
        b.org_id AS row_id,
        b.debit_fen - b.credit_fen AS part
    FROM stg_opening_balance b
    JOIN books bk ON bk.book_id = b.book_id
    UNION ALL
    SELECT
        l.org_id,
        l.subject_code,
        bk.standard_code,
        v.period AS month,
        'voucher' AS row_kind,
        l.voucher_id AS row_id,
        l.debit_fen - l.credit_fen AS part
    FROM stg_ledger_line l
    JOIN stg_voucher v ON v.voucher_id = l.voucher_id
    JOIN books bk ON bk.book_id = l.book_id
)
SELECT
    COALESCE(o.village_id, o.division_code) AS village_id,
    m.row_kind,
    m.row_id,
    m.month,
    CASE
        WHEN o.kind = 'collective' THEN 'collective'
        WHEN o.kind = 'enterprise' THEN 'enterprise'
        WHEN o.kind = 'village_committee' THEN 'committee'
        ELSE 'other'
    END AS key,
    m.part,
    1 AS whole
FROM moved m
JOIN stg_org o ON o.org_id = m.org_id
WHERE (m.standard_code = 'sbe2011' AND list_contains(['1001', '1002', '1012'], LEFT(m.subject_code, 4)))
    OR (m.standard_code <> 'sbe2011' AND list_contains(['101', '102', '109'], LEFT(m.subject_code, 3)))
