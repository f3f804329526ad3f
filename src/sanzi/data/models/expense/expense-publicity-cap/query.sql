WITH dated AS (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at,
        p.status IN ('submitted', 'approved', 'dispatched', 'paid') AS is_live
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
        AND list_contains($publicity_subjects, p.subject_code)
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
        CASE
            WHEN r.sum_fen > $cap_year_fen THEN 'year'
            WHEN r.case_fen > $single_cap_fen
                AND NOT EXISTS (
                    SELECT 1
                    FROM stg_case k
                    WHERE k.case_id = r.case_id AND k.decision_id IS NOT NULL
                )
                AND NOT EXISTS (
                    SELECT 1
                    FROM dated x
                    JOIN stg_source_matter s ON s.source_id = x.source_id
                    WHERE x.case_id = r.case_id
                        AND s.decision_id IS NOT NULL
                        AND s.status IN ('approved', 'closed')
                ) THEN 'single'
        END AS ground
    FROM running r
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
    j.sum_fen
FROM judged j
JOIN dated d ON d.case_id = j.case_id AND d.line_no = j.line_no
WHERE j.ground IS NOT NULL
