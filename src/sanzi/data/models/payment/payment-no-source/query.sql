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
    SELECT d.case_id, MIN(d.line_no) AS line_no, SUM(d.amount_fen) AS total_fen
    FROM dated d
    GROUP BY d.case_id
)
SELECT
    'payment' AS finding_kind,
    d.payment_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.business_at, '%Y-%m') AS period,
    CAST(d.business_at AS DATE) AS business_date,
    c.total_fen AS amount_fen,
    d.purpose
FROM per_case c
JOIN dated d ON d.case_id = c.case_id AND d.line_no = c.line_no
WHERE c.total_fen >= $floor_fen
    AND (d.source_kind IS NULL OR d.source_kind = 'other')
    AND NOT EXISTS (
        SELECT 1
        FROM stg_source_matter s
        WHERE s.source_id = d.source_id AND s.status IN ('approved', 'closed')
    )
    AND NOT EXISTS (
        SELECT 1
        FROM stg_source_matter s
        WHERE s.source_id = d.contract_id AND s.status IN ('approved', 'closed')
    )
