WITH books AS (
    SELECT DISTINCT p.book_id, p.standard_code FROM stg_period p WHERE p.standard_code <> 'sbe2011'
),
moved AS (
    SELECT b.org_id, b.subject_code, b.debit_fen - b.credit_fen AS part
    FROM stg_opening_balance b
    JOIN books k ON k.book_id = b.book_id
    UNION ALL
    SELECT l.org_id, l.subject_code, l.debit_fen - l.credit_fen AS part
    FROM stg_ledger_line l
    JOIN stg_voucher v ON v.voucher_id = l.voucher_id
    JOIN books k ON k.book_id = l.book_id
    WHERE v.voucher_date <= $last
),
told AS (
    SELECT
        COALESCE(o.village_id, o.division_code) AS village_id,
        CASE
            WHEN list_contains(['101', '102', '109'], LEFT(m.subject_code, 3)) THEN '11货币资金'
            WHEN LEFT(m.subject_code, 3) = '111' THEN '12短期投资'
            WHEN list_contains(['112', '113'], LEFT(m.subject_code, 3)) THEN '13应收款项'
            WHEN LEFT(m.subject_code, 3) = '121' THEN '14存货'
            WHEN list_contains(['131', '132', '133', '134'], LEFT(m.subject_code, 3)) THEN '21农业资产（生物资产）'
            WHEN LEFT(m.subject_code, 3) = '141' THEN '31长期投资'
            WHEN LEFT(m.subject_code, 3) = '151' THEN '32固定资产原值'
            WHEN LEFT(m.subject_code, 3) = '152' THEN '33减：累计折旧'
            WHEN LEFT(m.subject_code, 3) = '153' THEN '34在建工程'
            WHEN LEFT(m.subject_code, 3) = '154' THEN '35固定资产清理'
            WHEN list_contains(['161', '162'], LEFT(m.subject_code, 3)) THEN '36无形资产净值'
            WHEN LEFT(m.subject_code, 1) = '1' THEN '37其他资产'
            WHEN LEFT(m.subject_code, 3) = '201' THEN '51短期借款'
            WHEN LEFT(m.subject_code, 3) = '212' THEN '53应付工资'
            WHEN list_contains(['211', '213', '214'], LEFT(m.subject_code, 3)) THEN '52应付款项'
            WHEN LEFT(m.subject_code, 3) = '221' THEN '61长期借款及应付款'
            WHEN LEFT(m.subject_code, 3) = '231' THEN '62一事一议资金'
            WHEN LEFT(m.subject_code, 3) = '241' THEN '63专项应付款'
            WHEN LEFT(m.subject_code, 1) = '2' THEN '64其他负债'
            WHEN LEFT(m.subject_code, 3) = '301' THEN '71资本'
            WHEN LEFT(m.subject_code, 3) = '311' THEN '72公积公益金'
            ELSE '73未分配收益（含本年收支）'
        END AS item,
        m.part
    FROM moved m
    JOIN stg_org o ON o.org_id = m.org_id
    WHERE o.kind = 'collective'
),
lines AS (
    SELECT t.village_id, t.item, t.part, false AS is_total FROM told t
    UNION ALL
    SELECT t.village_id, '19流动资产合计' AS item, t.part, true AS is_total FROM told t WHERE LEFT(t.item, 1) = '1'
    UNION ALL
    SELECT t.village_id, '49资产总计' AS item, t.part, true AS is_total
    FROM told t WHERE list_contains(['1', '2', '3'], LEFT(t.item, 1))
    UNION ALL
    SELECT t.village_id, '69负债合计' AS item, t.part, true AS is_total
    FROM told t WHERE list_contains(['5', '6'], LEFT(t.item, 1))
    UNION ALL
    SELECT t.village_id, '79所有者权益合计' AS item, t.part, true AS is_total FROM told t WHERE LEFT(t.item, 1) = '7'
    UNION ALL
    SELECT t.village_id, '80负债和所有者权益总计' AS item, t.part, true AS is_total
    FROM told t WHERE list_contains(['5', '6', '7'], LEFT(t.item, 1))
)
SELECT
    l.village_id,
    SUBSTR(l.item, 3) AS item_words,
    CAST(CASE WHEN LEFT(l.item, 1) >= '5' THEN 0 - SUM(l.part) ELSE SUM(l.part) END AS BIGINT) AS book_fen,
    NULL AS checked_fen,
    l.item AS sort,
    l.is_total
FROM lines l
GROUP BY l.village_id, l.item, l.is_total
