WITH dated AS (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at,
        p.status IN ('submitted', 'approved', 'dispatched', 'paid') AS is_live
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
cash_case AS (
    SELECT d.case_id, MIN(d.line_no) AS line_no, SUM(d.amount_fen) AS total_fen
    FROM dated d
    WHERE d.method IN ('cash', 'cheque')
    GROUP BY d.case_id
),
ordered AS (
    -- A disaster order of the town may be paid in cash up to a limit.
    SELECT s.source_id
    FROM stg_source_matter s
    JOIN stg_org o ON o.org_id = s.org_id
    WHERE s.status IN ('approved', 'closed') AND o.level = 'town'
)
SELECT
    'payment' AS finding_kind,
    d.payment_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.business_at, '%Y-%m') AS period,
    CAST(d.business_at AS DATE) AS business_date,
    'payment' AS ground,
    d.line_no,
    c.total_fen AS amount_fen,
    d.method AS way
FROM cash_case c
JOIN dated d ON d.case_id = c.case_id AND d.line_no = c.line_no
WHERE c.total_fen > $cash_limit_fen
    AND NOT (c.total_fen <= $exempt_limit_fen
        AND EXISTS (SELECT 1 FROM ordered r WHERE r.source_id = d.source_id))
UNION ALL
SELECT
    'bank_txn' AS finding_kind,
    t.txn_id AS finding_id,
    o.village_id,
    o.org_id,
    strftime(t.booked_at, '%Y-%m') AS period,
    CAST(t.booked_at AS DATE) AS business_date,
    'bank_txn' AS ground,
    NULL AS line_no,
    t.amount_fen,
    t.channel AS way
FROM stg_bank_txn t
JOIN stg_account a ON a.account_id = t.account_id
JOIN stg_org o ON o.org_id = a.org_id
WHERE t.direction = 'out' AND t.channel = 'cash' AND t.amount_fen > $cash_limit_fen
UNION ALL
SELECT
    'voucher' AS finding_kind,
    v.voucher_id AS finding_id,
    o.village_id,
    o.org_id,
    v.period,
    v.voucher_date AS business_date,
    'voucher' AS ground,
    NULL AS line_no,
    GREATEST(SUM(l.debit_fen), SUM(l.credit_fen)) AS amount_fen,
    'ledger' AS way
FROM stg_ledger_line l
JOIN stg_voucher v ON v.voucher_id = l.voucher_id
JOIN stg_org o ON o.org_id = v.org_id
WHERE list_contains($cash_subjects, l.subject_code) AND v.reversed_voucher_id IS NULL
GROUP BY v.voucher_id, o.village_id, o.org_id, v.period, v.voucher_date
HAVING GREATEST(SUM(l.debit_fen), SUM(l.credit_fen)) > $cash_limit_fen
