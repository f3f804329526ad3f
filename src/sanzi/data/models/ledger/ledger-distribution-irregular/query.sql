WITH judged AS (
    SELECT
        d.*,
        CASE
            WHEN CAST(d.distributed_fen AS HUGEINT) + d.reserve_fen + d.welfare_fen
                    + d.loss_offset_fen > d.net_income_fen THEN 'over'
            WHEN d.distributed_fen > 0
                AND (CAST(d.reserve_fen AS HUGEINT) + d.welfare_fen) * 100
                    < (CAST(d.net_income_fen AS HUGEINT) - d.loss_offset_fen) * $min_share THEN 'reserve'
            WHEN d.status IN ('decided', 'approved')
                AND COALESCE(date_diff('day', d.shown_start_date,
                    COALESCE(d.shown_end_date, CAST($as_of AS DATE))), 0) < $show_days
                THEN 'not_shown'
            WHEN d.status = 'approved' AND NOT EXISTS (
                SELECT 1
                FROM stg_decision v
                WHERE v.decision_id = d.decision_id AND v.status = 'passed'
            ) THEN 'no_decision'
        END AS ground
    FROM stg_distribution d
    WHERE d.status <> 'ended'
)
SELECT
    'distribution' AS finding_kind,
    j.distribution_id AS finding_id,
    j.village_id,
    j.org_id,
    CAST(j.year AS VARCHAR) AS period,
    CAST(COALESCE(j.submitted_at, $as_of) AS DATE) AS business_date,
    j.ground,
    j.net_income_fen,
    j.reserve_fen + j.welfare_fen AS kept_fen,
    j.distributed_fen
FROM judged j
WHERE j.ground IS NOT NULL
