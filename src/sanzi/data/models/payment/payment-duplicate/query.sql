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
standing AS (
    -- What was voted once and is paid again and again.
    SELECT s.source_id
    FROM stg_source_matter s
    WHERE list_contains($series_kinds, s.kind) AND s.status IN ('approved', 'closed')
),
numbered AS (
    SELECT
        d.*,
        COALESCE(c.source_id, s.source_id) AS series_id,
        ROW_NUMBER() OVER (
            ORDER BY d.business_at, CASE WHEN d.is_live THEN 0 ELSE 1 END, d.case_id, d.payment_id
        ) AS seq
    FROM dated d
    LEFT JOIN standing c ON c.source_id = d.contract_id
    LEFT JOIN standing s ON s.source_id = d.source_id
),
payee_key AS (
    -- What makes two payees the same: account, person, firm, or who controls the firm.
    SELECT d.payment_id, 'A' || d.payee_account_hash AS payee_key
    FROM dated d
    WHERE d.payee_account_hash IS NOT NULL
    UNION
    SELECT d.payment_id, 'P' || d.payee_person_id
    FROM dated d
    WHERE d.payee_person_id IS NOT NULL
    UNION
    SELECT d.payment_id, 'C' || d.payee_counterparty_id
    FROM dated d
    WHERE d.payee_counterparty_id IS NOT NULL
    UNION
    SELECT d.payment_id, 'O' || d.payee_org_id
    FROM dated d
    WHERE d.payee_org_id IS NOT NULL
),
pair AS (
    SELECT p.payment_id, MAX(q.seq) AS peer_seq, COUNT(DISTINCT q.payment_id) AS peers
    FROM numbered p
    JOIN payee_key k ON k.payment_id = p.payment_id
    JOIN payee_key j ON j.payee_key = k.payee_key
    JOIN numbered q ON q.payment_id = j.payment_id
        AND q.village_id = p.village_id
        AND q.subject_code = p.subject_code
        AND q.amount_fen = p.amount_fen
        AND q.seq < p.seq
        AND (q.is_live OR q.case_id = p.case_id)
    WHERE date_diff('day', CAST(q.business_at AS DATE), CAST(p.business_at AS DATE))
            <= $window_days
        -- Another month of one standing contract is no repetition.
        AND NOT COALESCE(
            strftime(q.business_at, '%Y-%m') <> strftime(p.business_at, '%Y-%m')
            AND (q.source_id = p.series_id OR q.contract_id = p.series_id), FALSE
        )
    GROUP BY p.payment_id
)
SELECT
    'payment' AS finding_kind,
    p.payment_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(p.business_at, '%Y-%m') AS period,
    CAST(p.business_at AS DATE) AS business_date,
    p.line_no,
    p.amount_fen,
    p.payee_name,
    q.payment_id AS earlier_payment_id,
    CAST(q.business_at AS DATE) AS earlier_date,
    r.peers
FROM pair r
JOIN numbered p ON p.payment_id = r.payment_id
JOIN numbered q ON q.seq = r.peer_seq
