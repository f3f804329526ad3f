WITH rooted AS (
    -- A supplement belongs to the contract that it adds to.
    SELECT c.contract_id, COALESCE(c.parent_contract_id, c.contract_id) AS root_id
    FROM stg_contract c
),
line AS (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.*,
        r.root_id,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at,
        CASE WHEN p.status IN ('submitted', 'approved', 'dispatched', 'paid') THEN 1 ELSE 0 END
            AS live,
        ROW_NUMBER() OVER (PARTITION BY p.case_id ORDER BY p.line_no, p.payment_id) AS place
    FROM stg_payment p
    JOIN rooted r ON r.contract_id
        = COALESCE(p.contract_id, CASE WHEN p.source_kind = 'contract' THEN p.source_id END)
    WHERE p.status NOT IN ('withdrawn', 'rejected', 'bank_rejected', 'bank_returned')
),
request AS (
    SELECT
        l.case_id,
        l.root_id,
        MAX(l.live) AS live,
        CAST(SUM(l.amount_fen) AS BIGINT) AS amount_fen,
        ROW_NUMBER() OVER (ORDER BY MAX(l.business_at), MAX(l.live) DESC, l.case_id) AS seq
    FROM line l
    GROUP BY l.case_id, l.root_id
),
reached AS (
    SELECT f.case_id, CAST(SUM(q.amount_fen) AS BIGINT) AS paid_fen
    FROM request f
    JOIN request q ON q.root_id = f.root_id
        AND (q.case_id = f.case_id OR (q.live = 1 AND q.seq < f.seq))
    GROUP BY f.case_id
),
changed AS (
    SELECT w.contract_id, CAST(SUM(v.amount_fen) AS BIGINT) AS more_fen
    FROM stg_works w
    JOIN stg_works_variation v ON v.works_id = w.works_id
    WHERE v.approved_at IS NOT NULL
    GROUP BY w.contract_id
),
supplied AS (
    SELECT s.parent_contract_id, CAST(SUM(s.amount_fen) AS BIGINT) AS more_fen
    FROM stg_contract s
    WHERE s.status IN ('approved', 'closed')
    GROUP BY s.parent_contract_id
),
priced AS (
    SELECT
        c.contract_id,
        c.title,
        c.amount_fen + COALESCE(s.more_fen, 0) + COALESCE(g.more_fen, 0) AS total_fen
    FROM stg_contract c
    LEFT JOIN supplied s ON s.parent_contract_id = c.contract_id
    LEFT JOIN changed g ON g.contract_id = c.contract_id
)
SELECT
    'payment' AS finding_kind,
    l.payment_id AS finding_id,
    l.village_id,
    l.org_id,
    strftime(l.business_at, '%Y-%m') AS period,
    CAST(l.business_at AS DATE) AS business_date,
    l.line_no,
    k.title,
    k.total_fen,
    r.paid_fen
FROM line l
JOIN reached r ON r.case_id = l.case_id
JOIN priced k ON k.contract_id = l.root_id
WHERE l.place = 1
    AND CAST(r.paid_fen AS HUGEINT) * 100 > CAST(k.total_fen AS HUGEINT) * (100 + $tolerance)
