WITH request AS (
    -- A request not handed in yet counts as handed in now. A case is told of once, on a first line.
    SELECT
        p.payment_id,
        p.village_id,
        p.org_id,
        p.line_no,
        p.source_id,
        p.amount_fen,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at,
        CAST(SUM(p.amount_fen) OVER (PARTITION BY p.case_id) AS BIGINT) AS total_fen,
        ROW_NUMBER() OVER (PARTITION BY p.case_id ORDER BY p.line_no, p.payment_id) AS place
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected') AND p.source_kind = 'procurement'
)
SELECT
    'payment' AS finding_kind,
    r.payment_id AS finding_id,
    r.village_id,
    r.org_id,
    strftime(r.business_at, '%Y-%m') AS period,
    CAST(r.business_at AS DATE) AS business_date,
    r.line_no,
    CASE WHEN COALESCE(b.accepted_at <= r.business_at, FALSE) THEN 'few' ELSE 'none' END AS ground,
    b.title,
    r.total_fen,
    b.acceptor_count
FROM request r
JOIN stg_procurement b ON b.case_id = r.source_id
WHERE r.place = 1
    AND (NOT COALESCE(b.accepted_at <= r.business_at, FALSE)
        OR (b.acceptor_count > 0 AND b.acceptor_count < $min_acceptors))
