WITH dated AS (
    -- A request not handed in yet counts as handed in now.
    SELECT
        w.*,
        COALESCE(w.applied_at, $as_of) AS business_at,
        replace(w.place, ' ', '') AS plain_place,
        COALESCE(w.audited_fen, w.settlement_fen, w.estimate_fen) AS cost_fen
    FROM stg_works w
    WHERE w.status <> 'ended'
),
pair AS (
    SELECT
        p.works_id,
        MAX(strftime(q.business_at, '%Y-%m-%d') || ':' || q.works_id) AS peer_key,
        COUNT(*) AS peers
    FROM dated p
    JOIN dated q ON q.village_id = p.village_id
        AND q.kind = p.kind
        AND q.plain_place = p.plain_place
        AND q.fund_code <> p.fund_code
        AND (q.business_at < p.business_at
            OR (q.business_at = p.business_at AND q.works_id < p.works_id))
    WHERE date_diff('month', q.business_at, p.business_at) <= $years * 12
        -- Money of two sides for one contract, as the notice says.
        AND (q.contract_id IS NULL OR p.contract_id IS NULL OR q.contract_id <> p.contract_id)
    GROUP BY p.works_id
)
SELECT
    'works' AS finding_kind,
    p.works_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(p.business_at, '%Y-%m') AS period,
    CAST(p.business_at AS DATE) AS business_date,
    p.name AS works_name,
    p.place,
    p.cost_fen,
    q.name AS other_name,
    q.cost_fen AS other_fen,
    CAST(q.business_at AS DATE) AS other_date,
    r.peers
FROM pair r
JOIN dated p ON p.works_id = r.works_id
JOIN dated q ON q.works_id = SUBSTR(r.peer_key, 12)
