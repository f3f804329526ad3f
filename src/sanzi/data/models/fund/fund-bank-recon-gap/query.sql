WITH moved AS (
    SELECT l.account_id, v.period, SUM(l.debit_fen - l.credit_fen) AS net_fen, 1 AS is_book
    FROM stg_ledger_line l
    JOIN stg_voucher v ON v.voucher_id = l.voucher_id
    WHERE l.account_id IS NOT NULL
    GROUP BY l.account_id, v.period
    UNION ALL
    SELECT p.account_id, '0000-00' AS period, SUM(p.debit_fen - p.credit_fen), 1
    FROM stg_opening_balance p
    WHERE p.account_id IS NOT NULL
    GROUP BY p.account_id
    UNION ALL
    SELECT b.account_id, strftime(b.balance_date, '%Y-%m'), 0, 0
    FROM stg_balance b
    WHERE b.balance_date = last_day(b.balance_date)
),
monthly AS (
    SELECT m.account_id, m.period, SUM(m.net_fen) AS net_fen, MAX(m.is_book) AS is_book
    FROM moved m
    GROUP BY m.account_id, m.period
),
standing AS (
    SELECT
        n.account_id,
        n.period,
        SUM(n.net_fen) OVER (PARTITION BY n.account_id ORDER BY n.period) AS book_fen,
        MAX(n.is_book) OVER (PARTITION BY n.account_id) AS has_book
    FROM monthly n
),
told AS (
    SELECT r.*
    FROM stg_reconciliation r
    WHERE r.state <> 'replaced'
),
gap AS (
    SELECT
        b.account_id,
        b.balance_date,
        s.period,
        b.balance_fen + COALESCE(t.book_in_fen - t.book_out_fen, 0)
            - s.book_fen - COALESCE(t.bank_in_fen - t.bank_out_fen, 0) AS gap_fen
    FROM stg_balance b
    JOIN standing s ON s.account_id = b.account_id
        AND s.period = strftime(b.balance_date, '%Y-%m') AND s.has_book = 1
    LEFT JOIN told t ON t.account_id = b.account_id AND t.period = s.period
    WHERE b.balance_date = last_day(b.balance_date)
        AND date_diff('day', b.balance_date, CAST($as_of AS DATE)) > $days
),
newest AS (
    SELECT t.account_id, MAX(t.period) AS period
    FROM told t
    GROUP BY t.account_id
),
old_item AS (
    SELECT
        i.account_id,
        COALESCE(i.txn_id, i.voucher_id, i.reconciliation_id) AS finding_id,
        CASE WHEN i.txn_id IS NOT NULL THEN 'bank_txn'
            WHEN i.voucher_id IS NOT NULL THEN 'voucher' ELSE 'reconciliation' END AS finding_kind,
        MIN(i.booked_date) AS booked_date,
        SUM(i.amount_fen) AS amount_fen,
        MIN(i.cause) AS cause
    FROM stg_reconciliation_item i
    JOIN told t ON t.reconciliation_id = i.reconciliation_id
    JOIN newest n ON n.account_id = t.account_id AND n.period = t.period
    WHERE (i.cleared_at IS NULL OR i.cleared_at > $as_of)
        AND date_diff('day', i.booked_date, CAST($as_of AS DATE)) > $days
    GROUP BY i.account_id, i.reconciliation_id, i.txn_id, i.voucher_id
)
SELECT
    'account' AS finding_kind,
    g.account_id AS finding_id,
    o.village_id,
    o.org_id,
    g.period,
    g.balance_date AS business_date,
    'gap' AS ground,
    o.name AS body_name,
    ABS(g.gap_fen) AS amount_fen,
    date_diff('day', g.balance_date, CAST($as_of AS DATE)) AS age_days,
    NULL AS cause
FROM gap g
JOIN stg_account a ON a.account_id = g.account_id
JOIN stg_org o ON o.org_id = a.org_id
WHERE ABS(g.gap_fen) >= $tolerance_fen
UNION ALL
SELECT
    i.finding_kind,
    i.finding_id,
    o.village_id,
    o.org_id,
    strftime(i.booked_date, '%Y-%m') AS period,
    i.booked_date AS business_date,
    'item' AS ground,
    o.name AS body_name,
    i.amount_fen,
    date_diff('day', i.booked_date, CAST($as_of AS DATE)) AS age_days,
    i.cause
FROM old_item i
JOIN stg_account a ON a.account_id = i.account_id
JOIN stg_org o ON o.org_id = a.org_id
