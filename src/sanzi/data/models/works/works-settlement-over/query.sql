WITH changed AS (
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
        w.village_id,
        w.org_id,
        w.name,
        COALESCE(w.settled_at, w.audited_at, $as_of) AS at,
        w.settlement_fen,
        w.audited_fen,
        w.guide_price_fen,
        c.amount_fen + COALESCE(s.more_fen, 0) AS contract_fen,
        COALESCE(g.more_fen, 0) AS changes_fen
    FROM stg_works w
    LEFT JOIN stg_contract c ON c.contract_id = w.contract_id
    LEFT JOIN supplied s ON s.parent_contract_id = c.contract_id
    LEFT JOIN changed g ON g.works_id = w.works_id
),
judged AS (
    SELECT
        p.*,
        CASE
            WHEN p.settlement_fen > p.contract_fen + p.changes_fen THEN 'contract'
            WHEN CAST(p.audited_fen AS HUGEINT) * 100
                > CAST(p.guide_price_fen AS HUGEINT) * (100 + $tolerance) + p.changes_fen * 100
                THEN 'guide'
        END AS ground
    FROM priced p
)
SELECT
    'works' AS finding_kind,
    j.works_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.at, '%Y-%m') AS period,
    CAST(j.at AS DATE) AS business_date,
    j.ground,
    j.name,
    j.settlement_fen,
    j.audited_fen,
    j.contract_fen,
    j.guide_price_fen,
    j.changes_fen
FROM judged j
WHERE j.ground IS NOT NULL
