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
),
policy AS (
    -- What places allow of cash; a division's code begins like that of every place above it.
    SELECT
        k.*,
        CASE WHEN SUBSTR(k.division_code, 7, 6) = '000000' THEN SUBSTR(k.division_code, 1, 6)
            WHEN SUBSTR(k.division_code, 10, 3) = '000' THEN SUBSTR(k.division_code, 1, 9)
            ELSE k.division_code END AS area
    FROM stg_cash_policy k
    WHERE k.approved_at IS NOT NULL AND k.refused_reason IS NULL
),
moved AS (
    SELECT
        'payment' AS finding_kind, d.payment_id AS finding_id, d.village_id, d.org_id,
        strftime(d.business_at, '%Y-%m') AS period, CAST(d.business_at AS DATE) AS day,
        'payment' AS ground, d.line_no, c.total_fen AS amount_fen, d.method AS way,
        CASE WHEN EXISTS (SELECT 1 FROM ordered r WHERE r.source_id = d.source_id)
            THEN $exempt_limit_fen ELSE 0 END AS ordered_fen
    FROM cash_case c
    JOIN dated d ON d.case_id = c.case_id AND d.line_no = c.line_no
    UNION ALL
    SELECT
        'bank_txn', t.txn_id, o.village_id, o.org_id,
        strftime(t.booked_at, '%Y-%m'), CAST(t.booked_at AS DATE),
        'bank_txn', NULL, t.amount_fen, t.channel, 0
    FROM stg_bank_txn t
    JOIN stg_account a ON a.account_id = t.account_id
    JOIN stg_org o ON o.org_id = a.org_id
    WHERE t.direction = 'out' AND t.channel = 'cash'
    UNION ALL
    SELECT
        'voucher', v.voucher_id, o.village_id, o.org_id, v.period, v.voucher_date,
        'voucher', NULL, GREATEST(SUM(l.debit_fen), SUM(l.credit_fen)), 'ledger', 0
    FROM stg_ledger_line l
    JOIN stg_voucher v ON v.voucher_id = l.voucher_id
    JOIN stg_org o ON o.org_id = v.org_id
    WHERE list_contains($cash_subjects, l.subject_code) AND v.reversed_voucher_id IS NULL
    GROUP BY v.voucher_id, o.village_id, o.org_id, v.period, v.voucher_date
),
ruled AS (
    -- The nearest place's newest policy of the day speaks for the village.
    SELECT
        m.finding_kind,
        m.finding_id,
        k.policy,
        k.limit_fen,
        ROW_NUMBER() OVER (
            PARTITION BY m.finding_kind, m.finding_id
            ORDER BY LENGTH(k.area) DESC, k.valid_from_date DESC, k.cash_policy_id
        ) AS place
    FROM moved m
    JOIN policy k ON strpos(m.village_id, k.area) = 1
        AND k.valid_from_date <= m.day
        AND COALESCE(k.valid_until_date >= m.day, TRUE)
)
SELECT
    m.finding_kind,
    m.finding_id,
    m.village_id,
    m.org_id,
    m.period,
    m.day AS business_date,
    m.ground,
    m.line_no,
    m.amount_fen,
    m.way
FROM moved m
LEFT JOIN ruled k ON k.finding_id = m.finding_id
    AND k.finding_kind = m.finding_kind
    AND k.place = 1
WHERE m.amount_fen > GREATEST($cash_limit_fen, m.ordered_fen)
    AND NOT COALESCE(
        k.policy = 'FREE' OR (k.policy = 'LIMITED' AND m.amount_fen <= k.limit_fen), FALSE
    )
