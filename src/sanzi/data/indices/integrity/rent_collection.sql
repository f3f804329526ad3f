SELECT
    b.village_id,
    'rent_bill' AS row_kind,
    b.bill_id AS row_id,
    CASE
        WHEN COALESCE(b.received_fen, 0) + COALESCE(b.waived_fen, 0) > b.amount_fen
            THEN b.amount_fen
        ELSE COALESCE(b.received_fen, 0) + COALESCE(b.waived_fen, 0)
    END AS part,
    b.amount_fen AS whole
FROM stg_rent_bill b
WHERE NOT b.is_dropped
    AND b.due_date >= $since
    AND b.due_date <= CAST($as_of AS DATE)
