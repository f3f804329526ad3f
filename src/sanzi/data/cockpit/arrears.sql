SELECT
    b.village_id,
    'rent_bill' AS row_kind,
    b.bill_id AS row_id,
    NULL AS month,
    CASE
        WHEN date_diff('day', b.due_date, CAST($as_of AS DATE)) <= 30 THEN 'days30'
        WHEN date_diff('day', b.due_date, CAST($as_of AS DATE)) <= 90 THEN 'days90'
        WHEN date_diff('day', b.due_date, CAST($as_of AS DATE)) <= 365 THEN 'days365'
        ELSE 'older'
    END AS key,
    b.amount_fen - b.received_fen - b.waived_fen AS part,
    1 AS whole
FROM stg_rent_bill b
WHERE NOT b.is_dropped
    AND b.due_date < CAST($as_of AS DATE)
    AND b.amount_fen > b.received_fen + b.waived_fen
