SELECT
    c.village_id,
    c.title,
    p.name AS party,
    c.sign_date,
    c.start_date,
    c.end_date,
    c.amount_fen,
    CASE WHEN c.decision_id IS NULL THEN '没有' ELSE '有' END AS decided,
    CASE WHEN c.tender_id IS NULL THEN '没有' ELSE '有' END AS tendered,
    CASE WHEN c.filed_at IS NULL THEN '没有' ELSE '备案' END AS filed,
    c.contract_id AS sort
FROM stg_contract c
JOIN stg_counterparty p ON p.counterparty_id = c.counterparty_id
WHERE c.sign_date <= $last AND (c.end_date IS NULL OR c.end_date >= $first)
