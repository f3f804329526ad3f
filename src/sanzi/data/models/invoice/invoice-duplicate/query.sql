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
numbered AS (
    SELECT
        d.*,
        ROW_NUMBER() OVER (
            ORDER BY d.business_at, CASE WHEN d.is_live THEN 0 ELSE 1 END, d.case_id, d.payment_id
        ) AS seq
    FROM dated d
),
first_line AS (
    SELECT d.case_id, MIN(d.line_no) AS line_no FROM dated d GROUP BY d.case_id
),
used AS (
    -- Each proof with the payment it stands for; one of a whole case stands for its first line.
    SELECT i.invoice_id, i.invoice_key_hash, i.file_hash, i.invoice_no, i.amount_fen AS proof_fen,
        i.used_fen, p.payment_id, p.org_id
    FROM stg_invoice i
    JOIN dated p ON p.payment_id = i.payment_id
    UNION
    SELECT i.invoice_id, i.invoice_key_hash, i.file_hash, i.invoice_no, i.amount_fen AS proof_fen,
        i.used_fen, p.payment_id, p.org_id
    FROM stg_invoice i
    JOIN first_line f ON f.case_id = i.case_id
    JOIN dated p ON p.case_id = f.case_id AND p.line_no = f.line_no
    WHERE i.payment_id IS NULL
),
live AS (
    SELECT u.invoice_key_hash, SUM(u.used_fen) AS live_fen
    FROM used u
    JOIN dated p ON p.payment_id = u.payment_id
    WHERE p.is_live AND u.invoice_key_hash IS NOT NULL
    GROUP BY u.invoice_key_hash
),
told AS (
    -- One invoice paid in parts: this use names its part, and with those that count it fits.
    SELECT
        u.*,
        COALESCE(
            COALESCE(l.live_fen, 0) + CASE WHEN p.is_live THEN 0 ELSE u.used_fen END <= u.proof_fen,
            FALSE
        ) AND u.used_fen IS NOT NULL AS fits
    FROM used u
    JOIN dated p ON p.payment_id = u.payment_id
    LEFT JOIN live l ON l.invoice_key_hash = u.invoice_key_hash
),
same AS (
    SELECT u.payment_id, u.invoice_id, v.payment_id AS other_id
    FROM told u
    JOIN told v ON v.invoice_key_hash = u.invoice_key_hash
    WHERE NOT (u.fits AND v.used_fen IS NOT NULL AND u.org_id = v.org_id)
    UNION
    SELECT u.payment_id, u.invoice_id, v.payment_id AS other_id
    FROM told u
    JOIN told v ON v.file_hash = u.file_hash
    WHERE NOT (u.fits AND v.used_fen IS NOT NULL AND u.org_id = v.org_id)
),
hit AS (
    SELECT s.payment_id, MIN(q.seq) AS other_seq, MIN(s.invoice_id) AS invoice_id
    FROM same s
    JOIN numbered p ON p.payment_id = s.payment_id
    JOIN numbered q ON q.payment_id = s.other_id
    WHERE q.seq < p.seq
        AND (q.is_live OR q.case_id = p.case_id)
        AND ($scope = 'county' OR q.village_id = p.village_id)
    GROUP BY s.payment_id
)
SELECT
    'payment' AS finding_kind,
    p.payment_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(p.business_at, '%Y-%m') AS period,
    CAST(p.business_at AS DATE) AS business_date,
    p.line_no,
    i.amount_fen,
    i.invoice_no,
    q.payment_id AS earlier_payment_id,
    CAST(q.business_at AS DATE) AS earlier_date
FROM hit h
JOIN numbered p ON p.payment_id = h.payment_id
JOIN numbered q ON q.seq = h.other_seq
JOIN stg_invoice i ON i.invoice_id = h.invoice_id
