WITH outflow AS (
    SELECT
        t.txn_id,
        t.payment_id,
        o.village_id,
        CAST(t.booked_at AS DATE) AS booked_on
    FROM stg_bank_txn t
    JOIN stg_account a ON a.account_id = t.account_id
    JOIN stg_org o ON o.org_id = a.org_id
    LEFT JOIN stg_account own
        ON own.account_hash = t.peer_account_hash AND own.org_id = a.org_id
    WHERE t.direction = 'out'
        AND o.level = 'village'
        AND own.account_id IS NULL
        AND NOT list_contains(['fee', 'interest', 'card'], t.channel)
        -- It is hidden on the eighth day, and counts in the month of that day.
        AND CAST(t.booked_at AS DATE) + 8 >= $since
        AND CAST(t.booked_at AS DATE) + 8 <= CAST($as_of AS DATE)
)
SELECT
    f.village_id,
    'bank_txn' AS row_kind,
    f.txn_id AS row_id,
    1 AS part,
    1 AS whole
FROM outflow f
LEFT JOIN stg_payment p ON p.payment_id = f.payment_id
WHERE (p.payment_id IS NULL OR date_diff('day', f.booked_on, CAST(p.created_at AS DATE)) > 7)
    -- What the offices took for explained, or for no finding at all, was not hidden.
    AND NOT EXISTS (
        SELECT 1
        FROM stg_alert a
        WHERE a.model_code = 'efficiency-off-system'
            AND a.finding_kind = 'bank_txn'
            AND a.finding_id = f.txn_id
            AND list_contains(['explained', 'false_positive', 'data_error'], a.conclusion)
    )
