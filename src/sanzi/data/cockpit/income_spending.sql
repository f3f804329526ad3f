WITH books AS (
    SELECT DISTINCT p.book_id, p.standard_code FROM stg_period p
),
told AS (
    SELECT
        l.org_id,
        l.voucher_id,
        v.period,
        l.credit_fen - l.debit_fen AS net,
        CASE
            WHEN bk.standard_code = 'sbe2011' THEN
                CASE
                    WHEN list_contains(['5001', '5051'], LEFT(l.subject_code, 4)) THEN 'income.operating'
                    WHEN LEFT(l.subject_code, 4) = '5111' THEN 'income.investment'
                    WHEN LEFT(l.subject_code, 4) = '5301' THEN 'income.other'
                    WHEN list_contains(['5401', '5402', '5601'], LEFT(l.subject_code, 4)) THEN 'spending.operating'
                    WHEN list_contains(['5403', '5801'], LEFT(l.subject_code, 4)) THEN 'spending.tax'
                    WHEN list_contains(['5602', '5603'], LEFT(l.subject_code, 4)) THEN 'spending.management'
                    WHEN LEFT(l.subject_code, 4) = '5711' THEN 'spending.other'
                END
            WHEN bk.standard_code = 'vce2004' THEN
                CASE
                    WHEN list_contains(['501', '511'], LEFT(l.subject_code, 3)) THEN 'income.operating'
                    WHEN LEFT(l.subject_code, 3) = '561' THEN 'income.investment'
                    WHEN list_contains(['521', '522'], LEFT(l.subject_code, 3)) THEN 'income.subsidy'
                    WHEN LEFT(l.subject_code, 3) = '531' THEN 'income.other'
                    WHEN LEFT(l.subject_code, 3) = '502' THEN 'spending.operating'
                    WHEN LEFT(l.subject_code, 3) = '541' THEN 'spending.management'
                    WHEN LEFT(l.subject_code, 3) = '551' THEN 'spending.other'
                END
            ELSE
                CASE LEFT(l.subject_code, 3)
                    WHEN '501' THEN 'income.operating'
                    WHEN '502' THEN 'income.investment'
                    WHEN '503' THEN 'income.subsidy'
                    WHEN '504' THEN 'income.other'
                    WHEN '511' THEN 'spending.operating'
                    WHEN '512' THEN 'spending.tax'
                    WHEN '513' THEN 'spending.management'
                    WHEN '514' THEN 'spending.welfare'
                    WHEN '515' THEN 'spending.other'
                    WHEN '521' THEN 'spending.tax'
                END
        END AS key
    FROM stg_ledger_line l
    JOIN stg_voucher v ON v.voucher_id = l.voucher_id
    JOIN books bk ON bk.book_id = l.book_id
    WHERE v.entry_origin <> 'closing'
        AND v.period >= LEFT(CAST($since AS VARCHAR), 7)
)
SELECT
    COALESCE(o.village_id, o.division_code) AS village_id,
    'voucher' AS row_kind,
    t.voucher_id AS row_id,
    t.period AS month,
    t.key,
    CASE WHEN LEFT(t.key, 6) = 'income' THEN t.net ELSE 0 - t.net END AS part,
    1 AS whole
FROM told t
JOIN stg_org o ON o.org_id = t.org_id
WHERE t.key IS NOT NULL
