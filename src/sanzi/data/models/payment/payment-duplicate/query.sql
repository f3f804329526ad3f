WITH dated AS (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at,
        CASE WHEN p.status IN ('submitted', 'approved', 'dispatched', 'paid') THEN 0 ELSE 1 END
            AS late
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
standing AS (
    -- What was voted once and is paid again and again.
    SELECT s.source_id
    FROM stg_source_matter s
    WHERE list_contains($series_kinds, s.kind) AND s.status IN ('approved', 'closed')
),
pair AS (
    -- What makes two payees the same: account, person, firm, or body.
    SELECT p.payment_id, q.payment_id AS peer_id
    FROM dated p
    JOIN dated q ON q.payee_account_hash = p.payee_account_hash
        AND q.amount_fen = p.amount_fen
        AND q.subject_code = p.subject_code
        AND q.village_id = p.village_id
        AND (q.business_at, q.late, q.case_id, q.payment_id)
            < (p.business_at, p.late, p.case_id, p.payment_id)
    UNION
    SELECT p.payment_id, q.payment_id AS peer_id
    FROM dated p
    JOIN dated q ON q.payee_person_id = p.payee_person_id
        AND q.amount_fen = p.amount_fen
        AND q.subject_code = p.subject_code
        AND q.village_id = p.village_id
        AND (q.business_at, q.late, q.case_id, q.payment_id)
            < (p.business_at, p.late, p.case_id, p.payment_id)
    UNION
    SELECT p.payment_id, q.payment_id AS peer_id
    FROM dated p
    JOIN dated q ON q.payee_counterparty_id = p.payee_counterparty_id
        AND q.amount_fen = p.amount_fen
        AND q.subject_code = p.subject_code
        AND q.village_id = p.village_id
        AND (q.business_at, q.late, q.case_id, q.payment_id)
            < (p.business_at, p.late, p.case_id, p.payment_id)
    UNION
    SELECT p.payment_id, q.payment_id AS peer_id
    FROM dated p
    JOIN dated q ON q.payee_org_id = p.payee_org_id
        AND q.amount_fen = p.amount_fen
        AND q.subject_code = p.subject_code
        AND q.village_id = p.village_id
        AND (q.business_at, q.late, q.case_id, q.payment_id)
            < (p.business_at, p.late, p.case_id, p.payment_id)
),
again AS (
    SELECT
        r.payment_id,
        r.peer_id,
        q.business_at AS peer_at,
        ROW_NUMBER() OVER (
            PARTITION BY r.payment_id
            ORDER BY q.business_at DESC, q.late DESC, q.case_id DESC, q.payment_id DESC
        ) AS place
    FROM pair r
    JOIN dated p ON p.payment_id = r.payment_id
    JOIN dated q ON q.payment_id = r.peer_id
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
peer AS (
    SELECT a.payment_id, COUNT(DISTINCT a.peer_id) AS peers FROM again a GROUP BY a.payment_id
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
    a.peer_id AS earlier_payment_id,
    CAST(a.peer_at AS DATE) AS earlier_date,
    r.peers
FROM again a
JOIN peer r ON r.payment_id = a.payment_id
JOIN dated p ON p.payment_id = a.payment_id
WHERE a.place = 1
