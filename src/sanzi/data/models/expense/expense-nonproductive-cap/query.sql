WITH dated AS (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at,
        p.status IN ('submitted', 'approved', 'dispatched', 'paid') AS is_live
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
        AND list_contains($nonproductive_subjects, p.subject_code)
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
newest AS (
    -- The budget of a body as it was last changed.
    SELECT
        b.*,
        ROW_NUMBER() OVER (
            PARTITION BY b.org_id, b.year
            ORDER BY b.approved_at DESC, b.budget_id DESC
        ) AS place
    FROM stg_budget b
    WHERE b.kind <> 'final' AND b.status = 'approved'
),
voted AS (
    SELECT n.village_id, n.year, SUM(n.nonproductive_fen) AS voted_fen
    FROM newest n
    WHERE n.place = 1
    GROUP BY n.village_id, n.year
),
judged AS (
    SELECT
        r.*,
        CASE WHEN v.voted_fen < $cap_fen THEN 'voted' ELSE 'cap' END AS ground,
        LEAST(COALESCE(v.voted_fen, $cap_fen), $cap_fen) AS limit_fen
    FROM running r
    LEFT JOIN voted v ON v.village_id = r.village_id AND v.year = year(r.business_at)
)
SELECT
    'payment' AS finding_kind,
    d.payment_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.business_at, '%Y-%m') AS period,
    CAST(d.business_at AS DATE) AS business_date,
    j.ground,
    j.case_fen AS amount_fen,
    j.sum_fen,
    j.limit_fen
FROM judged j
JOIN dated d ON d.case_id = j.case_id AND d.line_no = j.line_no
WHERE j.sum_fen > j.limit_fen
