WITH dated AS (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at,
        p.status IN ('submitted', 'approved', 'dispatched', 'paid') AS is_live,
        -- What the prize is for, without the words that every prize has.
        replace(replace(replace(replace(p.purpose, ' ', ''), '奖励', ''), '奖金', ''), '发放', '')
            AS event
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
        AND COALESCE(p.source_kind, 'other') = 'other'
),
prize AS (
    SELECT
        d.*,
        ROW_NUMBER() OVER (
            ORDER BY d.business_at, CASE WHEN d.is_live THEN 0 ELSE 1 END, d.case_id, d.line_no,
                d.payment_id
        ) AS seq
    FROM dated d
    WHERE EXISTS (
        SELECT 1
        FROM (SELECT UNNEST($award_words) AS word) w
        WHERE position(w.word IN d.purpose) > 0
    )
),
pair AS (
    SELECT p.payment_id, MAX(q.seq) AS peer_seq
    FROM prize p
    JOIN prize q ON q.payee_person_id = p.payee_person_id
        AND q.seq < p.seq
        AND (q.is_live OR q.case_id = p.case_id)
    WHERE date_diff('day', CAST(q.business_at AS DATE), CAST(p.business_at AS DATE)) <= $days
        AND (position(p.event IN q.event) > 0 OR position(q.event IN p.event) > 0)
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
    p.purpose,
    q.amount_fen AS earlier_fen,
    CAST(q.business_at AS DATE) AS earlier_date,
    q.payment_id AS earlier_payment_id
FROM pair r
JOIN prize p ON p.payment_id = r.payment_id
JOIN prize q ON q.seq = r.peer_seq
