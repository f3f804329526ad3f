SELECT
    b.ext_id AS account_id,
    d.balance_date AS balance_date,
    d.balance_fen AS balance_fen
FROM payments_daybalance d
JOIN payments_bankaccount b ON b.id = d.account_id
