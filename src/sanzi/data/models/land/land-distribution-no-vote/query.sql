WITH judged AS (
    SELECT
        t.*,
        CASE
            WHEN COALESCE(d.status, 'proposed') <> 'passed' THEN 'none'
            WHEN d.deciding_body <> 'member_meeting' THEN 'body'
            WHEN d.agree_count * 3 < d.eligible_count * 2 THEN 'few'
        END AS ground,
        COALESCE(d.agree_count, 0) AS agree_count,
        COALESCE(d.eligible_count, 0) AS eligible_count
    FROM stg_land_taking t
    LEFT JOIN stg_decision d ON d.decision_id = t.decision_id
    WHERE t.collective_use IN ('keep', 'distribute') AND t.status <> 'ended'
),
share AS (
    SELECT c.taking_id, CAST(SUM(c.amount_fen) AS BIGINT) AS share_fen
    FROM stg_compensation c
    WHERE c.owner_kind = 'collective'
    GROUP BY c.taking_id
)
SELECT
    'land_taking' AS finding_kind,
    j.taking_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(COALESCE(j.fund_received_at, j.submitted_at, $as_of), '%Y-%m') AS period,
    CAST(COALESCE(j.fund_received_at, j.submitted_at, $as_of) AS DATE) AS business_date,
    j.ground,
    j.project_name,
    COALESCE(s.share_fen, 0) AS share_fen,
    j.agree_count,
    j.eligible_count
FROM judged j
LEFT JOIN share s ON s.taking_id = j.taking_id
WHERE j.ground IS NOT NULL
