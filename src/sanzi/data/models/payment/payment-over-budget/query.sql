WITH dated AS NOT MATERIALIZED (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at,
        p.status IN ('submitted', 'approved', 'dispatched', 'paid') AS is_live
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
per_case AS (
    SELECT
        d.case_id,
        MIN(d.line_no) AS line_no,
        COUNT(*) AS lines,
        MIN(d.budget_line_id) AS budget_line_id,
        MIN(d.business_at) AS business_at,
        MAX(CASE WHEN d.is_live THEN 0 ELSE 1 END) AS open_rank,
        SUM(d.amount_fen) AS case_fen,
        SUM(CASE WHEN d.is_live THEN d.amount_fen ELSE 0 END) AS live_fen
    FROM dated d
    GROUP BY d.case_id
),
roll AS (
    -- Money that passes to households by a voted roll is not spending of the collective.
    SELECT c.case_id
    FROM per_case c
    JOIN dated d ON d.case_id = c.case_id AND d.line_no = c.line_no
    JOIN stg_source_matter s ON s.source_id = d.source_id
    WHERE c.lines >= $roll_payees
        AND list_contains($roll_kinds, d.source_kind)
        AND s.status IN ('approved', 'closed')
),
running AS (
    SELECT
        c.*,
        COALESCE(SUM(c.live_fen) OVER (
            PARTITION BY c.budget_line_id
            ORDER BY c.business_at, c.open_rank, c.case_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS before_fen
    FROM per_case c
),
judged AS (
    SELECT
        r.case_id,
        r.line_no,
        r.case_fen,
        'over' AS ground,
        b.title AS budget_title,
        b.amount_fen AS budget_fen,
        r.before_fen + r.case_fen AS sum_fen,
        r.before_fen + r.case_fen - b.amount_fen AS over_fen
    FROM running r
    JOIN stg_budget_line b ON b.budget_line_id = r.budget_line_id
    WHERE (r.before_fen + r.case_fen) * 100 > b.amount_fen * (100 + $tolerance_percent)
    UNION ALL
    SELECT
        r.case_id,
        r.line_no,
        r.case_fen,
        'no_line' AS ground,
        NULL AS budget_title,
        NULL AS budget_fen,
        r.case_fen AS sum_fen,
        NULL AS over_fen
    FROM running r
    WHERE r.budget_line_id IS NULL
        AND r.case_fen >= $floor_fen
        AND NOT EXISTS (SELECT 1 FROM roll x WHERE x.case_id = r.case_id)
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
    j.budget_title,
    j.budget_fen,
    j.sum_fen,
    j.over_fen
FROM judged j
JOIN dated d ON d.case_id = j.case_id AND d.line_no = j.line_no
