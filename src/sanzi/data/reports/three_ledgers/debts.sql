SELECT
    d.village_id,
    p.name AS party,
    CASE d.kind
        WHEN 'bank_loan' THEN '银行借款'
        WHEN 'private_loan' THEN '民间借款'
        WHEN 'payable' THEN '应付款'
        WHEN 'guarantee' THEN '担保'
        ELSE '借出'
    END AS kind_words,
    d.purpose,
    CAST(d.incurred_at AS DATE) AS incurred_date,
    d.due_date,
    d.principal_fen,
    d.balance_fen,
    d.debt_id AS sort
FROM stg_debt d
LEFT JOIN stg_counterparty p ON p.counterparty_id = d.counterparty_id
WHERE CAST(d.incurred_at AS DATE) <= $last AND NOT list_contains(['repaid', 'ended', 'asked'], d.status)
