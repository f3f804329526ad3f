WITH dated AS NOT MATERIALIZED (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.payment_id,
        p.case_id,
        p.village_id,
        p.org_id,
        p.subject_code,
        p.line_no,
        p.amount_fen,
        p.payee_name,
        p.payee_account_hash,
        p.payee_person_id,
        p.payee_counterparty_id,
        p.payee_org_id,
        p.source_id,
        p.contract_id,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at,
        CASE WHEN p.status IN ('submitted', 'approved', 'dispatched', 'paid') THEN 0 ELSE 1 END
            AS late
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
repeated AS (
    -- A sum that stands alone in its village is compared with nothing.
    SELECT d.village_id, d.subject_code, d.amount_fen, MIN(d.payment_id) AS sum_id
    FROM dated d
    GROUP BY d.village_id, d.subject_code, d.amount_fen
    HAVING COUNT(*) > 1
),
alike AS (
    SELECT d.*, r.sum_id
    FROM dated d
    JOIN repeated r ON r.village_id = d.village_id
        AND r.subject_code = d.subject_code
        AND r.amount_fen = d.amount_fen
),
standing AS (
    -- What was voted once and is paid again and again.
    SELECT s.source_id
    FROM stg_source_matter s
    WHERE list_contains($series_kinds, s.kind) AND s.status IN ('approved', 'closed')
),
keyed AS (
    -- What makes two payees the same: account, person, firm, or body.
    SELECT 'A' || a.payee_account_hash AS payee_key, a.* FROM alike a
    UNION ALL
    SELECT 'P' || a.payee_person_id AS payee_key, a.* FROM alike a
    UNION ALL
    SELECT 'C' || a.payee_counterparty_id AS payee_key, a.* FROM alike a
    UNION ALL
    SELECT 'O' || a.payee_org_id AS payee_key, a.* FROM alike a
),
again AS (
    SELECT
        p.payment_id,
        q.payment_id AS peer_id,
        p.business_at,
        q.business_at AS peer_at,
        q.late AS peer_late,
        q.case_id AS peer_case_id
    FROM keyed p
    JOIN keyed q ON q.sum_id = p.sum_id
        AND q.payee_key = p.payee_key
        AND (q.business_at, q.late, q.case_id, q.payment_id)
            < (p.business_at, p.late, p.case_id, p.payment_id)
    LEFT JOIN standing c ON c.source_id = p.contract_id
    LEFT JOIN standing s ON s.source_id = p.source_id
    WHERE (q.late = 0 OR q.case_id = p.case_id)
        AND date_diff('day', CAST(q.business_at AS DATE), CAST(p.business_at AS DATE))
            <= $window_days
        -- Another month of one standing contract is no repetition.
        AND NOT COALESCE(
        strftime(q.business_at, '%Y-%m') <> strftime(p.business_at, '%Y-%m')
        AND (q.source_id = COALESCE(c.source_id, s.source_id)
            OR q.contract_id = COALESCE(c.source_id, s.source_id)), FALSE
    )
),
ranked AS (
    SELECT
        a.*,
        ROW_NUMBER() OVER (
            PARTITION BY a.payment_id
            ORDER BY a.peer_at DESC, a.peer_late DESC, a.peer_case_id DESC, a.peer_id DESC
        ) AS place
    FROM again a
),
peer AS (
    SELECT a.payment_id, COUNT(DISTINCT a.peer_id) AS peers FROM again a GROUP BY a.payment_id
)
SELECT
    'payment' AS finding_kind,
    p.payment_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(a.business_at, '%Y-%m') AS period,
    CAST(a.business_at AS DATE) AS business_date,
    p.line_no,
    p.amount_fen,
    p.payee_name,
    a.peer_id AS earlier_payment_id,
    CAST(a.peer_at AS DATE) AS earlier_date,
    r.peers
FROM ranked a
JOIN peer r ON r.payment_id = a.payment_id
JOIN alike p ON p.payment_id = a.payment_id
WHERE a.place = 1
