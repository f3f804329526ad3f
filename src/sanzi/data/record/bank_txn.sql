SELECT
    t.ext_id AS txn_id,
    b.ext_id AS account_id,
    t.booked_at AS booked_at,
    t.direction AS direction,
    t.amount_fen AS amount_fen,
    t.peer_account_index AS peer_account_hash,
    t.peer_name AS peer_name,
    t.channel AS channel,
    t.memo AS memo,
    p.ext_id AS payment_id,
    r.ext_id AS receipt_id,
    t.sealed_peer_account AS peer_account__sealed
FROM payments_banktransaction t
JOIN payments_bankaccount b ON b.id = t.account_id
LEFT JOIN payments_payment p ON p.id = t.payment_id
LEFT JOIN payments_receipt r ON r.id = t.receipt_id
WHERE t.withdrawn_by_id IS NULL
