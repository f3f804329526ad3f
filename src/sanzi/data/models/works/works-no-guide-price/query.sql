WITH behind AS (
    SELECT c.counterparty_id, c.person_id
    FROM stg_counterparty c
    UNION
    SELECT c.counterparty_id, c.legal_rep_person_id AS person_id
    FROM stg_counterparty c
    UNION
    SELECT o.counterparty_id, o.person_id
    FROM stg_counterparty_owner o
),
related AS (
    SELECT DISTINCT x.counterparty_id AS one_id, y.counterparty_id AS other_id
    FROM behind x
    JOIN behind y ON y.person_id = x.person_id
),
offered AS (
    -- When the project was first put up for competition.
    SELECT t.subject_id AS works_id, MIN(t.published_at) AS published_at
    FROM stg_tender t
    WHERE t.subject_kind = 'works'
    GROUP BY t.subject_id
),
judged AS (
    SELECT
        w.works_id,
        w.village_id,
        w.org_id,
        w.name,
        w.estimate_fen,
        w.guide_price_fen,
        w.limit_price_fen,
        g.name AS agency_name,
        k.name AS builder_name,
        COALESCE(w.approved_at, w.applied_at, $as_of) AS at,
        CASE
            WHEN w.estimate_fen >= $guide_floor AND w.guide_price_fen IS NULL
                AND (w.counterparty_id IS NOT NULL OR t.published_at IS NOT NULL) THEN 'none'
            WHEN w.limit_price_fen > w.guide_price_fen THEN 'over'
            WHEN r.one_id IS NOT NULL OR w.guide_price_agency_id = w.counterparty_id THEN 'related'
        END AS ground
    FROM stg_works w
    LEFT JOIN offered t ON t.works_id = w.works_id
    LEFT JOIN stg_counterparty g ON g.counterparty_id = w.guide_price_agency_id
    LEFT JOIN stg_counterparty k ON k.counterparty_id = w.counterparty_id
    LEFT JOIN related r ON r.one_id = w.guide_price_agency_id AND r.other_id = w.counterparty_id
    -- An emergency is priced afterwards.
    WHERE NOT w.is_emergency
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
    j.estimate_fen,
    j.guide_price_fen,
    j.limit_price_fen,
    j.agency_name,
    j.builder_name
FROM judged j
WHERE j.ground IS NOT NULL
