SELECT
    COALESCE(o.village_id, o.division_code) AS village_id,
    'debt' AS row_kind,
    d.debt_id AS row_id,
    d.balance_fen AS part,
    0 AS whole
FROM stg_debt d
JOIN stg_org o ON o.org_id = d.org_id
WHERE d.kind IN ('bank_loan', 'private_loan', 'payable')
    AND d.status = 'standing'
UNION ALL
SELECT
    r.village_id,
    r.row_kind,
    r.row_id,
    0 AS part,
    r.part AS whole
FROM income_spending r
WHERE LEFT(r.key, 6) = 'income'
    AND r.month <= LEFT(CAST($as_of AS VARCHAR), 7)
    -- A township in whose places no debt was ever registered has told nothing about debts.
    AND EXISTS (
        SELECT 1
        FROM stg_debt d
        WHERE LEFT(d.village_id, 9) = LEFT(r.village_id, 9)
    )
