WITH line AS (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at,
        CASE WHEN p.status IN ('submitted', 'approved', 'dispatched', 'paid') THEN 1 ELSE 0 END
            AS live,
        ROW_NUMBER() OVER (PARTITION BY p.case_id ORDER BY p.line_no, p.payment_id) AS place
    FROM stg_payment p
    WHERE p.source_kind = 'works'
        AND p.status NOT IN ('withdrawn', 'rejected', 'bank_rejected', 'bank_returned')
),
request AS (
    SELECT
        l.case_id,
        l.source_id,
        MAX(l.live) AS live,
        CAST(SUM(l.amount_fen) AS BIGINT) AS amount_fen,
        ROW_NUMBER() OVER (ORDER BY MAX(l.business_at), MAX(l.live) DESC, l.case_id) AS seq
    FROM line l
    GROUP BY l.case_id, l.source_id
),
reached AS (
    SELECT f.case_id, CAST(SUM(q.amount_fen) AS BIGINT) AS paid_fen
    FROM request f
    JOIN request q ON q.source_id = f.source_id
        AND (q.case_id = f.case_id OR (q.live = 1 AND q.seq < f.seq))
    GROUP BY f.case_id
),
changed AS (
    SELECT v.works_id, CAST(SUM(v.amount_fen) AS BIGINT) AS more_fen
    FROM stg_works_variation v
    WHERE v.approved_at IS NOT NULL
    GROUP BY v.works_id
),
supplied AS (
    SELECT s.parent_contract_id, CAST(SUM(s.amount_fen) AS BIGINT) AS more_fen
    FROM stg_contract s
    WHERE s.status IN ('approved', 'closed')
    GROUP BY s.parent_contract_id
),
priced AS (
    SELECT
        w.case_id,
        w.name,
        w.audited_at,
        w.settlement_fen,
        c.amount_fen + COALESCE(s.more_fen, 0) + COALESCE(g.more_fen, 0) AS contract_fen
    FROM stg_works w
    JOIN stg_contract c ON c.contract_id = w.contract_id
    LEFT JOIN supplied s ON s.parent_contract_id = c.contract_id
    LEFT JOIN changed g ON g.works_id = w.works_id
)
SELECT
    'payment' AS finding_kind,
    l.payment_id AS finding_id,
    l.village_id,
    l.org_id,
    strftime(l.business_at, '%Y-%m') AS period,
    CAST(l.business_at AS DATE) AS business_date,
    l.line_no,
    k.name,
    k.contract_fen,
    r.paid_fen
FROM line l
JOIN reached r ON r.case_id = l.case_id
JOIN priced k ON k.case_id = l.source_id
WHERE l.place = 1
    AND CAST(r.paid_fen AS HUGEINT) * 100 > CAST(k.contract_fen AS HUGEINT) * $progress_cap
    AND COALESCE(k.audited_at > l.business_at, TRUE)
    AND COALESCE(k.settlement_fen, k.contract_fen) >= $audit_floor
