WITH dated AS (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.payment_id,
        p.case_id,
        p.line_no,
        p.village_id,
        p.org_id,
        p.amount_fen,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at,
        p.status IN ('submitted', 'approved', 'dispatched', 'paid') AS is_live
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
first_line AS (
    SELECT d.case_id, MIN(d.line_no) AS line_no FROM dated d GROUP BY d.case_id
),
proof AS (
    -- A proof of a whole case stands for its first line.
    SELECT d.payment_id, d.case_id, d.amount_fen, i.kind
    FROM stg_invoice i
    JOIN dated d ON d.payment_id = i.payment_id
    UNION ALL
    SELECT d.payment_id, d.case_id, d.amount_fen, i.kind
    FROM stg_invoice i
    JOIN first_line f ON f.case_id = i.case_id
    JOIN dated d ON d.case_id = f.case_id AND d.line_no = f.line_no
    WHERE i.payment_id IS NULL
),
bare AS (
    -- Nothing but slips, and none of them registered with its papers.
    SELECT f.payment_id
    FROM proof f
    WHERE f.amount_fen >= $single_limit_fen
        AND NOT EXISTS (SELECT 1 FROM stg_white_slip w WHERE w.case_id = f.case_id)
    GROUP BY f.payment_id
    HAVING SUM(CASE WHEN f.kind IN ('self_made', 'white_slip') THEN 0 ELSE 1 END) = 0
),
numbered AS (
    SELECT
        d.*,
        ROW_NUMBER() OVER (
            ORDER BY d.business_at, CASE WHEN d.is_live THEN 0 ELSE 1 END, d.case_id, d.payment_id
        ) AS seq
    FROM dated d
    JOIN (SELECT w.case_id FROM stg_white_slip w GROUP BY w.case_id) w ON w.case_id = d.case_id
),
slip AS (
    -- Each slip with the line that it stands for.
    SELECT
        w.village_id,
        w.amount_fen,
        strftime(w.slip_date, '%Y') AS slip_year,
        n.payment_id,
        n.case_id,
        n.seq,
        n.is_live
    FROM stg_white_slip w
    JOIN numbered n ON n.case_id = w.case_id AND n.line_no = w.line_no
),
year_sum AS (
    SELECT s.payment_id, s.slip_year, SUM(t.amount_fen) AS slips_fen
    FROM (SELECT payment_id, village_id, slip_year, case_id, seq
          FROM slip GROUP BY payment_id, village_id, slip_year, case_id, seq) s
    JOIN slip t ON t.village_id = s.village_id AND t.slip_year = s.slip_year
        AND t.seq <= s.seq AND (t.is_live OR t.case_id = s.case_id)
    GROUP BY s.payment_id, s.slip_year
    HAVING SUM(t.amount_fen) > $year_cap_fen
),
hit AS (
    SELECT b.payment_id, 'single' AS ground, CAST(NULL AS BIGINT) AS slips_fen,
        CAST(NULL AS VARCHAR) AS slip_year
    FROM bare b
    UNION ALL
    SELECT y.payment_id, 'year' AS ground, y.slips_fen, y.slip_year
    FROM year_sum y
    WHERE NOT EXISTS (SELECT 1 FROM bare b WHERE b.payment_id = y.payment_id)
)
SELECT
    'payment' AS finding_kind,
    d.payment_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.business_at, '%Y-%m') AS period,
    CAST(d.business_at AS DATE) AS business_date,
    h.ground,
    d.line_no,
    d.amount_fen,
    h.slips_fen,
    h.slip_year AS year
FROM hit h
JOIN dated d ON d.payment_id = h.payment_id
