WITH dated AS NOT MATERIALIZED (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.payment_id,
        p.case_id,
        p.line_no,
        p.org_id,
        p.village_id,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at,
        p.status IN ('submitted', 'approved', 'dispatched', 'paid') AS is_live
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
repeated_key AS (
    SELECT i.invoice_key_hash
    FROM stg_invoice i
    GROUP BY i.invoice_key_hash
    HAVING COUNT(*) > 1
),
repeated_file AS (
    SELECT i.file_hash
    FROM stg_invoice i
    GROUP BY i.file_hash
    HAVING COUNT(*) > 1
),
proof AS NOT MATERIALIZED (
    -- What was handed in once is compared with nothing.
    SELECT i.invoice_id, i.payment_id, i.case_id, i.invoice_key_hash, i.file_hash, i.amount_fen,
        i.used_fen
    FROM stg_invoice i
    JOIN repeated_key k ON k.invoice_key_hash = i.invoice_key_hash
    UNION
    SELECT i.invoice_id, i.payment_id, i.case_id, i.invoice_key_hash, i.file_hash, i.amount_fen,
        i.used_fen
    FROM stg_invoice i
    JOIN repeated_file f ON f.file_hash = i.file_hash
),
proof_case AS (
    SELECT i.case_id FROM proof i GROUP BY i.case_id
),
first_line AS (
    SELECT d.case_id, MIN(d.line_no) AS line_no
    FROM dated d
    JOIN proof_case c ON c.case_id = d.case_id
    GROUP BY d.case_id
),
used AS (
    -- Each proof with the payment it stands for; one of a whole case stands for its first line.
    SELECT i.invoice_id, i.invoice_key_hash, i.file_hash, i.amount_fen AS proof_fen, i.used_fen,
        p.payment_id, p.case_id, p.org_id, p.village_id, p.business_at, p.is_live
    FROM proof i
    JOIN dated p ON p.payment_id = i.payment_id
    UNION ALL
    SELECT i.invoice_id, i.invoice_key_hash, i.file_hash, i.amount_fen AS proof_fen, i.used_fen,
        p.payment_id, p.case_id, p.org_id, p.village_id, p.business_at, p.is_live
    FROM proof i
    JOIN first_line f ON f.case_id = i.case_id
    JOIN dated p ON p.case_id = f.case_id AND p.line_no = f.line_no
    WHERE i.payment_id IS NULL
),
live AS (
    SELECT u.invoice_key_hash, SUM(u.used_fen) AS live_fen
    FROM used u
    WHERE u.is_live AND u.invoice_key_hash IS NOT NULL
    GROUP BY u.invoice_key_hash
),
told AS (
    -- One invoice paid in parts: this use names its part, and with those that count it fits.
    SELECT
        u.*,
        CASE WHEN u.is_live THEN 0 ELSE 1 END AS late,
        COALESCE(
            COALESCE(l.live_fen, 0) + CASE WHEN u.is_live THEN 0 ELSE u.used_fen END <= u.proof_fen,
            FALSE
        ) AND u.used_fen IS NOT NULL AS fits
    FROM used u
    LEFT JOIN live l ON l.invoice_key_hash = u.invoice_key_hash
),
same AS (
    SELECT u.payment_id, u.village_id, u.invoice_id, u.org_id, u.fits, u.case_id,
        v.payment_id AS other_id, v.business_at AS other_at, v.late AS other_late,
        v.case_id AS other_case_id, v.org_id AS other_org_id, v.village_id AS other_village_id,
        v.is_live AS other_is_live, v.used_fen AS other_used_fen
    FROM told u
    JOIN told v ON v.invoice_key_hash = u.invoice_key_hash
        AND (v.business_at, v.late, v.case_id, v.payment_id)
            < (u.business_at, u.late, u.case_id, u.payment_id)
    UNION ALL
    SELECT u.payment_id, u.village_id, u.invoice_id, u.org_id, u.fits, u.case_id,
        v.payment_id AS other_id, v.business_at AS other_at, v.late AS other_late,
        v.case_id AS other_case_id, v.org_id AS other_org_id, v.village_id AS other_village_id,
        v.is_live AS other_is_live, v.used_fen AS other_used_fen
    FROM told u
    JOIN told v ON v.file_hash = u.file_hash
        AND (v.business_at, v.late, v.case_id, v.payment_id)
            < (u.business_at, u.late, u.case_id, u.payment_id)
),
hit AS (
    -- The first use of it, and of several proofs used again the first.
    SELECT
        s.payment_id,
        s.other_id,
        MIN(s.invoice_id) OVER (PARTITION BY s.payment_id) AS invoice_id,
        ROW_NUMBER() OVER (
            PARTITION BY s.payment_id
            ORDER BY s.other_at, s.other_late, s.other_case_id, s.other_id
        ) AS place
    FROM same s
    WHERE NOT (s.fits AND s.other_used_fen IS NOT NULL AND s.org_id = s.other_org_id)
        AND (s.other_is_live OR s.other_case_id = s.case_id)
        AND ($scope = 'county' OR s.other_village_id = s.village_id)
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
JOIN dated p ON p.payment_id = h.payment_id
JOIN dated q ON q.payment_id = h.other_id
JOIN stg_invoice i ON i.invoice_id = h.invoice_id
WHERE h.place = 1
