WITH judged AS (
    SELECT
        v.variation_id,
        w.village_id,
        w.org_id,
        w.name,
        v.amount_fen,
        v.executed_at,
        v.approved_at,
        v.submitted_at,
        w.accepted_at,
        CASE
            WHEN v.submitted_at > w.accepted_at THEN 'accepted'
            -- What nobody has approved yet is not approved today either.
            WHEN v.executed_at + INTERVAL 1 HOUR * $grace_hours < COALESCE(v.approved_at, $as_of)
                THEN 'executed'
        END AS ground
    FROM stg_works_variation v
    JOIN stg_works w ON w.works_id = v.works_id
)
SELECT
    'works_variation' AS finding_kind,
    j.variation_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.submitted_at, '%Y-%m') AS period,
    CAST(j.submitted_at AS DATE) AS business_date,
    j.ground,
    j.name,
    j.amount_fen,
    CAST(j.executed_at AS DATE) AS executed_on,
    CAST(j.approved_at AS DATE) AS approved_on,
    CAST(j.submitted_at AS DATE) AS submitted_on,
    CAST(j.accepted_at AS DATE) AS accepted_on
FROM judged j
WHERE j.ground IS NOT NULL
