WITH paid AS (
    SELECT
        p.source_id AS case_id,
        COUNT(DISTINCT p.fund_code) AS fund_count,
        CAST(SUM(p.amount_fen) AS BIGINT) AS paid_fen
    FROM stg_payment p
    WHERE p.source_kind = 'works'
        AND p.status IN ('submitted', 'approved', 'dispatched', 'paid')
        AND p.fund_code IS NOT NULL
    GROUP BY p.source_id
),
again AS (
    -- Within the radius of what was completed lately. A degree of latitude is 111.32 km.
    SELECT n.works_id, MAX(e.works_id) AS earlier_id
    FROM stg_works n
    JOIN stg_works e ON e.village_id = n.village_id
        AND e.kind = n.kind
        AND e.completed_at < n.applied_at
        AND e.completed_at + INTERVAL 1 YEAR * $years > n.applied_at
        AND CAST((e.lat_micro - n.lat_micro) AS HUGEINT) * (e.lat_micro - n.lat_micro)
                * 11132 * 11132 * 10000
            + CAST((e.lng_micro - n.lng_micro) AS HUGEINT) * (e.lng_micro - n.lng_micro)
                * 11132 * 11132 * $lng_percent * $lng_percent
            <= CAST($radius_m AS HUGEINT) * $radius_m * 100000 * 100000 * 10000
    WHERE n.status <> 'ended' AND NOT n.is_emergency
    GROUP BY n.works_id
),
judged AS (
    SELECT
        w.works_id,
        w.village_id,
        w.org_id,
        w.name,
        w.place,
        COALESCE(w.applied_at, $as_of) AS at,
        COALESCE(w.audited_fen, w.settlement_fen) AS settled_fen,
        b.fund_count,
        b.paid_fen,
        e.name AS earlier_name,
        CAST(e.completed_at AS DATE) AS earlier_on,
        CASE
            WHEN e.works_id IS NOT NULL THEN 'place'
            WHEN b.fund_count > 1 AND b.paid_fen > COALESCE(w.audited_fen, w.settlement_fen)
                THEN 'funds'
        END AS ground
    FROM stg_works w
    LEFT JOIN again a ON a.works_id = w.works_id
    LEFT JOIN stg_works e ON e.works_id = a.earlier_id
    LEFT JOIN paid b ON b.case_id = w.case_id
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
    j.place,
    j.earlier_name,
    j.earlier_on,
    j.fund_count,
    j.paid_fen,
    j.settled_fen
FROM judged j
WHERE j.ground IS NOT NULL
