WITH dated AS (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at,
        p.status IN ('submitted', 'approved', 'dispatched', 'paid') AS is_live
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
        AND list_contains($paper_subjects, p.subject_code)
),
per_case AS (
    SELECT
        d.case_id,
        d.village_id,
        MIN(d.line_no) AS line_no,
        MIN(d.business_at) AS business_at,
        MAX(CASE WHEN d.is_live THEN 0 ELSE 1 END) AS open_rank,
        SUM(d.amount_fen) AS case_fen,
        SUM(CASE WHEN d.is_live THEN d.amount_fen ELSE 0 END) AS live_fen
    FROM dated d
    GROUP BY d.case_id, d.village_id
),
running AS (
    SELECT
        c.*,
        c.case_fen + COALESCE(SUM(c.live_fen) OVER (
            PARTITION BY c.village_id, year(c.business_at)
            ORDER BY c.business_at, c.open_rank, c.case_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS sum_fen
    FROM per_case c
),
judged AS (
    SELECT
        r.*,
        CASE WHEN EXISTS (
            SELECT 1 FROM stg_org o WHERE o.village_id = r.village_id AND o.is_poor_village
        ) THEN $poor_cap_fen ELSE $cap_year_fen END AS limit_fen
    FROM running r
)
SELECT
    'payment' AS finding_kind,
    d.payment_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.business_at, '%Y-%m') AS period,
    CAST(d.business_at AS DATE) AS business_date,
    j.case_fen AS amount_fen,
    j.sum_fen,
    j.limit_fen
FROM judged j
JOIN dated d ON d.case_id = j.case_id AND d.line_no = j.line_no
WHERE j.sum_fen > j.limit_fen
