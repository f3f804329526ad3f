WITH dated AS NOT MATERIALIZED (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected', 'bank_rejected', 'bank_returned')
),
per_case AS (
    SELECT d.case_id, MIN(d.line_no) AS line_no, CAST(SUM(d.amount_fen) AS BIGINT) AS total_fen
    FROM dated d
    GROUP BY d.case_id
),
undecided AS (
    SELECT d.*, c.total_fen
    FROM per_case c
    JOIN dated d ON d.case_id = c.case_id AND d.line_no = c.line_no
    LEFT JOIN stg_budget_line b ON b.budget_line_id = d.budget_line_id
    WHERE c.total_fen >= $large_limit
        AND COALESCE(b.decision_id, '') = ''
        AND NOT (
            list_contains($own_chains, COALESCE(d.source_kind, '')) AND COALESCE(d.source_id, '') <> ''
        )
        -- One key at a time: with both in one condition every payment meets every case.
        AND NOT EXISTS (
            SELECT 1 FROM stg_case k WHERE k.case_id = d.case_id AND k.decision_id <> ''
        )
        AND NOT EXISTS (
            SELECT 1 FROM stg_case k WHERE k.case_id = d.source_id AND k.decision_id <> ''
        )
        AND NOT EXISTS (
            SELECT 1
            FROM stg_source_matter s
            WHERE s.source_id = d.source_id AND s.status IN ('approved', 'closed')
        )
        AND NOT EXISTS (
            SELECT 1
            FROM stg_source_matter s
            WHERE s.source_id = d.contract_id AND s.status IN ('approved', 'closed')
        )
),
moved AS (
    SELECT
        t.txn_id,
        t.payment_id,
        a.org_id,
        t.direction,
        t.amount_fen,
        t.booked_at,
        CAST(t.booked_at AS DATE) AS booked_on,
        date_diff('day', DATE '2000-01-01', CAST(t.booked_at AS DATE)) AS booked_day,
        CAST(t.amount_fen AS HUGEINT) * t.amount_fen AS square_fen
    FROM stg_bank_txn t
    JOIN stg_account a ON a.account_id = t.account_id
    LEFT JOIN stg_account o ON o.account_hash = t.peer_account_hash
    WHERE COALESCE(o.org_id, '') <> a.org_id
),
seen_by AS (
    -- What went out earlier: on the days before, and on the same day before this one.
    SELECT
        m.txn_id,
        COUNT(*) OVER days_before + COUNT(*) OVER earlier_today AS seen,
        COALESCE(SUM(m.amount_fen) OVER days_before, 0)
            + COALESCE(SUM(m.amount_fen) OVER earlier_today, 0) AS sum_fen,
        COALESCE(SUM(m.square_fen) OVER days_before, 0)
            + COALESCE(SUM(m.square_fen) OVER earlier_today, 0) AS square_sum
    FROM moved m
    WHERE m.direction = 'out'
    WINDOW
        days_before AS (
            PARTITION BY m.org_id ORDER BY m.booked_day
            RANGE BETWEEN $look_back_days PRECEDING AND 1 PRECEDING
        ),
        earlier_today AS (
            PARTITION BY m.org_id, m.booked_day ORDER BY m.booked_at
            RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE GROUP
        )
),
history AS (
    SELECT
        s.txn_id,
        CAST(s.seen AS HUGEINT) AS seen,
        CAST(s.sum_fen AS HUGEINT) AS sum_fen,
        CAST(s.square_sum AS HUGEINT) AS square_sum
    FROM seen_by s
    WHERE s.seen >= $least_seen
),
reason AS (
    SELECT d.payment_id, k.decision_id
    FROM dated d
    JOIN stg_case k ON k.case_id = d.case_id
    UNION
    SELECT d.payment_id, k.decision_id
    FROM dated d
    JOIN stg_case k ON k.case_id = d.source_id
    UNION
    SELECT d.payment_id, s.decision_id
    FROM dated d
    JOIN stg_source_matter s ON s.source_id = d.source_id AND s.status IN ('approved', 'closed')
    UNION
    SELECT d.payment_id, s.decision_id
    FROM dated d
    JOIN stg_source_matter s ON s.source_id = d.contract_id AND s.status IN ('approved', 'closed')
),
voted AS (
    -- What a meeting has passed is large on purpose.
    SELECT DISTINCT r.payment_id
    FROM reason r
    JOIN stg_decision v ON v.decision_id = r.decision_id AND v.status = 'passed'
),
peak AS (
    -- Above the mean by more than k standard deviations, squared so that nothing is divided.
    SELECT m.*, 'peak' AS ground, NULL AS gap_days
    FROM moved m
    JOIN history h ON h.txn_id = m.txn_id
    WHERE NOT EXISTS (SELECT 1 FROM voted v WHERE v.payment_id = m.payment_id)
        AND m.amount_fen >= $peak_floor
        AND m.amount_fen * h.seen > h.sum_fen
        AND (m.amount_fen * h.seen - h.sum_fen) * (m.amount_fen * h.seen - h.sum_fen)
            > (h.seen * h.square_sum - h.sum_fen * h.sum_fen) * $k * $k
),
returned AS (
    SELECT m.txn_id, MIN(date_diff('day', o.booked_on, m.booked_on)) AS gap_days
    FROM moved m
    JOIN moved o ON o.org_id = m.org_id
        AND o.direction <> m.direction
        AND o.amount_fen = m.amount_fen
        AND o.booked_at < m.booked_at
        AND date_diff('day', o.booked_on, m.booked_on) <= $back_days
    WHERE m.amount_fen >= $large_limit
    GROUP BY m.txn_id
),
back AS (
    SELECT m.*, 'back' AS ground, r.gap_days
    FROM moved m
    JOIN returned r ON r.txn_id = m.txn_id
),
odd AS (
    SELECT b.* FROM back b
    UNION ALL
    SELECT p.* FROM peak p
    WHERE p.txn_id NOT IN (SELECT b.txn_id FROM back b)
)
SELECT
    'payment' AS finding_kind,
    u.payment_id AS finding_id,
    u.village_id,
    u.org_id,
    strftime(u.business_at, '%Y-%m') AS period,
    CAST(u.business_at AS DATE) AS business_date,
    'undecided' AS ground,
    o.name AS body_name,
    u.total_fen AS amount_fen,
    NULL AS gap_days
FROM undecided u
LEFT JOIN stg_org o ON o.org_id = u.org_id
UNION ALL
SELECT
    'bank_txn' AS finding_kind,
    d.txn_id AS finding_id,
    o.village_id,
    d.org_id,
    strftime(d.booked_on, '%Y-%m') AS period,
    d.booked_on AS business_date,
    d.ground,
    o.name AS body_name,
    d.amount_fen,
    d.gap_days
FROM odd d
JOIN stg_org o ON o.org_id = d.org_id
