WITH matter AS (
    -- What is given out: a project once its contract is signed, a purchase once it is ordered.
    SELECT
        'works' AS finding_kind,
        w.works_id AS subject_id,
        w.village_id,
        w.org_id,
        w.name AS title,
        c.tender_id,
        COALESCE(c.amount_fen, w.guide_price_fen, w.estimate_fen) AS amount_fen,
        CAST(COALESCE(w.applied_at, $as_of) AS DATE) AS asked_on,
        $village_open AS open_fen,
        $state_works AS state_fen
    FROM stg_works w
    LEFT JOIN stg_contract c ON c.contract_id = w.contract_id
    WHERE w.status IN ('contracted', 'building', 'completed', 'accepted', 'settled')
        AND NOT w.is_emergency
    UNION ALL
    SELECT
        'procurement' AS finding_kind,
        p.procurement_id AS subject_id,
        p.village_id,
        p.org_id,
        p.title,
        p.tender_id,
        COALESCE(p.award_fen, p.estimate_fen) AS amount_fen,
        CAST(COALESCE(p.submitted_at, $as_of) AS DATE) AS asked_on,
        $town_platform AS open_fen,
        $state_goods AS state_fen
    FROM stg_procurement p
    WHERE p.status IN ('ordered', 'accepted')
        AND p.method <> 'emergency'
),
held AS (
    SELECT
        m.finding_kind,
        m.subject_id,
        COUNT(t.tender_id) AS held_count,
        MAX(CASE
            WHEN t.platform_level = 'county' AND t.method IN ('open', 'invited') THEN 5
            WHEN t.platform_level = 'county' THEN 4
            WHEN t.platform_level = 'town' THEN 3
            WHEN t.method NOT IN ('quote', 'direct') THEN 2
            ELSE 1
        END) AS strength
    FROM matter m
    LEFT JOIN stg_tender t ON (t.tender_id = m.tender_id OR t.subject_id = m.subject_id)
        AND t.status <> 'failed'
    GROUP BY m.finding_kind, m.subject_id
),
judged AS (
    SELECT
        m.*,
        h.held_count,
        h.strength,
        CASE
            WHEN m.amount_fen >= m.state_fen THEN 5
            WHEN m.amount_fen >= $county_platform THEN 4
            WHEN m.amount_fen >= $town_platform THEN 3
            WHEN m.amount_fen >= m.open_fen THEN 2
            ELSE 1
        END AS needed
    FROM matter m
    JOIN held h ON h.finding_kind = m.finding_kind AND h.subject_id = m.subject_id
)
SELECT
    j.finding_kind,
    j.subject_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.asked_on, '%Y-%m') AS period,
    j.asked_on AS business_date,
    CASE WHEN j.held_count = 0 THEN 'none' ELSE 'weak' END AS ground,
    j.title,
    j.amount_fen,
    CASE j.needed
        WHEN 5 THEN '上县平台公开招标'
        WHEN 4 THEN '上县平台招标'
        WHEN 3 THEN '上镇平台招标'
        ELSE '公开招标'
    END AS asked_way
FROM judged j
WHERE j.strength < j.needed
