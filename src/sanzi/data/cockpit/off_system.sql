SELECT
    COALESCE(o.village_id, o.division_code) AS village_id,
    'bank_txn' AS row_kind,
    t.txn_id AS row_id,
    LEFT(CAST(t.booked_at AS VARCHAR), 7) AS month,
    'outside' AS key,
    CASE WHEN t.payment_id IS NULL THEN t.amount_fen ELSE 0 END AS part,
    t.amount_fen AS whole
FROM stg_bank_txn t
JOIN stg_account a ON a.account_id = t.account_id
JOIN stg_org o ON o.org_id = a.org_id
LEFT JOIN stg_account own
    ON own.account_hash = t.peer_account_hash AND own.org_id = a.org_id
WHERE t.direction = 'out'
    AND own.account_id IS NULL
    AND NOT list_contains(['fee', 'interest', 'card'], t.channel)
    AND CAST(t.booked_at AS DATE) >= $since
    AND t.booked_at <= $as_of
