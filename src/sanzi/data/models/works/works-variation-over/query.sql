WITH tier AS (
    SELECT $tier_1 AS tier_fen
    UNION ALL
    SELECT $tier_2 AS tier_fen
    UNION ALL
    SELECT $tier_3 AS tier_fen
    UNION ALL
    SELECT $tier_state AS tier_fen
),
priced AS (
    -- The contract with its supplements.
    SELECT
        w.works_id,
        w.village_id,
        w.org_id,
        w.name,
        CAST(c.amount_fen + COALESCE(SUM(s.amount_fen), 0) AS BIGINT) AS contract_fen
    FROM stg_works w
    JOIN stg_contract c ON c.contract_id = w.contract_id
    LEFT JOIN stg_contract s ON s.parent_contract_id = c.contract_id
        AND s.status IN ('approved', 'closed')
    GROUP BY w.works_id, w.village_id, w.org_id, w.name, c.amount_fen
),
varied AS (
    SELECT
        v.works_id,
        COUNT(*) AS order_count,
        CAST(SUM(v.amount_fen) AS BIGINT) AS more_fen,
        MAX(v.submitted_at) AS last_at
    FROM stg_works_variation v
    GROUP BY v.works_id
),
judged AS (
    SELECT
        p.*,
        v.order_count,
        v.more_fen,
        v.last_at,
        MAX(t.tier_fen) AS tier_fen
    FROM priced p
    JOIN varied v ON v.works_id = p.works_id
    LEFT JOIN tier t ON t.tier_fen > p.contract_fen AND t.tier_fen <= p.contract_fen + v.more_fen
    GROUP BY p.works_id, p.village_id, p.org_id, p.name, p.contract_fen, v.order_count, v.more_fen,
        v.last_at
)
SELECT
    'works' AS finding_kind,
    j.works_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.last_at, '%Y-%m') AS period,
    CAST(j.last_at AS DATE) AS business_date,
    CASE
        WHEN CAST(j.more_fen AS HUGEINT) * 100 > CAST(j.contract_fen AS HUGEINT) * $ratio_hold
            THEN 'over'
        WHEN j.tier_fen IS NOT NULL THEN 'tier'
        ELSE 'many'
    END AS ground,
    j.name,
    j.contract_fen,
    j.order_count,
    j.more_fen,
    CAST(j.tier_fen AS BIGINT) AS tier_fen
FROM judged j
WHERE CAST(j.more_fen AS HUGEINT) * 100 > CAST(j.contract_fen AS HUGEINT) * $ratio_hold
    OR j.order_count >= $max_count
    OR j.tier_fen IS NOT NULL
