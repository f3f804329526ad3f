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
        w.works_id,
        w.case_id,
        w.name,
        w.accepted_at,
        w.audited_at,
        w.audited_fen,
        COALESCE(
            w.warranty_end_date,
            CAST(w.accepted_at + INTERVAL 1 MONTH * $warranty_months AS DATE)
        ) AS warranty_end,
        c.amount_fen + COALESCE(s.more_fen, 0) + COALESCE(g.more_fen, 0) AS contract_fen
    FROM stg_works w
    LEFT JOIN stg_contract c ON c.contract_id = w.contract_id
    LEFT JOIN supplied s ON s.parent_contract_id = c.contract_id
    LEFT JOIN changed g ON g.works_id = w.works_id
),
progressed AS (
    -- How far the last diary line before the request says it is; whole, once it is accepted.
    SELECT
        l.payment_id,
        CASE WHEN COALESCE(k.accepted_at <= l.business_at, FALSE) THEN 100
            ELSE COALESCE(MAX(g.percent), 0) END AS percent
    FROM line l
    JOIN priced k ON k.case_id = l.source_id
    LEFT JOIN stg_works_log g ON g.works_id = k.works_id AND g.logged_at <= l.business_at
    WHERE l.place = 1
    GROUP BY l.payment_id, l.business_at, k.accepted_at
),
judged AS (
    SELECT
        l.payment_id,
        l.village_id,
        l.org_id,
        l.line_no,
        l.business_at,
        k.name,
        k.contract_fen,
        k.audited_fen,
        k.warranty_end,
        r.paid_fen,
        p.percent,
        CASE
            WHEN r.paid_fen > k.contract_fen THEN 'contract'
            WHEN k.audited_at <= l.business_at THEN
                CASE WHEN CAST(l.business_at AS DATE) <= k.warranty_end
                    AND CAST(r.paid_fen AS HUGEINT) * 100
                        > CAST(k.audited_fen AS HUGEINT) * (100 - $retention_share)
                    THEN 'retention' END
            WHEN CAST(r.paid_fen AS HUGEINT) * 10000
                > CAST(k.contract_fen AS HUGEINT)
                    * GREATEST($advance_share * 100, p.percent * $allowed_share) THEN 'progress'
        END AS ground
    FROM line l
    JOIN reached r ON r.case_id = l.case_id
    JOIN priced k ON k.case_id = l.source_id
    JOIN progressed p ON p.payment_id = l.payment_id
)
SELECT
    'payment' AS finding_kind,
    j.payment_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.business_at, '%Y-%m') AS period,
    CAST(j.business_at AS DATE) AS business_date,
    j.line_no,
    j.ground,
    j.name,
    j.contract_fen,
    j.audited_fen,
    j.paid_fen,
    j.percent,
    j.warranty_end
FROM judged j
WHERE j.ground IS NOT NULL
