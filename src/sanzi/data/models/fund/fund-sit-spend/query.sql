WITH held AS (
    -- Cash that was taken and never reached the bank.
    SELECT
        r.receipt_id,
        r.village_id,
        r.org_id,
        r.receipt_no,
        r.amount_fen,
        CAST(r.issued_at AS DATE) AS issued_on
    FROM stg_receipt r
    WHERE r.received_via = 'cash' AND r.voided_at IS NULL AND r.banked_at IS NULL
),
spent AS (
    SELECT
        p.payment_id AS spent_id,
        'payment' AS ground,
        p.org_id,
        CAST(COALESCE(p.paid_at, p.submitted_at, p.created_at) AS DATE) AS spent_on,
        p.amount_fen
    FROM stg_payment p
    WHERE p.method = 'cash' AND p.status IN ('approved', 'dispatched', 'paid')
    UNION ALL
    -- A voucher that takes cash out, unless the cash goes to the bank.
    SELECT
        v.voucher_id AS spent_id,
        'voucher' AS ground,
        v.org_id,
        v.voucher_date AS spent_on,
        CAST(SUM(l.credit_fen) AS BIGINT) AS amount_fen
    FROM stg_voucher v
    JOIN stg_ledger_line l ON l.voucher_id = v.voucher_id
    WHERE list_contains($cash_subjects, l.subject_code)
        AND l.credit_fen > 0
        AND v.reversed_voucher_id IS NULL
        AND NOT EXISTS (
            SELECT 1
            FROM stg_ledger_line b
            WHERE b.voucher_id = v.voucher_id
                AND list_contains($bank_subjects, SUBSTR(b.subject_code, 1, LENGTH(l.subject_code)))
                AND b.debit_fen > 0
        )
    GROUP BY v.voucher_id, v.org_id, v.voucher_date
),
paired AS (
    SELECT
        h.*,
        s.ground,
        s.amount_fen AS spent_fen,
        s.spent_on,
        ROW_NUMBER() OVER (
            PARTITION BY h.receipt_id
            ORDER BY ABS(s.amount_fen - h.amount_fen), s.spent_on, s.spent_id
        ) AS place
    FROM held h
    JOIN spent s ON s.org_id = h.org_id
    WHERE s.spent_on BETWEEN h.issued_on AND h.issued_on + CAST($window_days AS INTEGER)
        AND ABS(s.amount_fen - h.amount_fen) * 100 <= h.amount_fen * $match_tolerance
)
SELECT
    'receipt' AS finding_kind,
    p.receipt_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(p.issued_on, '%Y-%m') AS period,
    p.issued_on AS business_date,
    p.ground,
    p.receipt_no,
    p.amount_fen,
    p.spent_fen,
    p.spent_on
FROM paired p
WHERE p.place = 1
