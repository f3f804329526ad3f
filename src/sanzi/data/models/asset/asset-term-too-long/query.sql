WITH voted AS (
    SELECT d.decision_id
    FROM stg_decision d
    WHERE d.deciding_body = 'member_meeting' AND d.status = 'passed'
),
held AS (
    -- Since when the tenant has held the thing without another open auction between.
    SELECT l.lease_id, MIN(p.start_date) AS held_since_date
    FROM stg_lease l
    JOIN stg_lease p ON p.asset_id = l.asset_id
        AND p.tenant_counterparty_id = l.tenant_counterparty_id
    WHERE l.tender_id IS NULL
        AND NOT EXISTS (
            SELECT 1
            FROM stg_lease q
            WHERE q.asset_id = p.asset_id
                AND q.tender_id IS NOT NULL
                AND q.start_date > p.start_date
                AND q.start_date <= l.start_date
        )
    GROUP BY l.lease_id
),
judged AS (
    SELECT
        l.*,
        a.org_id,
        a.name AS asset_name,
        COALESCE(h.held_since_date, l.start_date) AS held_since_date,
        CASE
            WHEN l.end_date >= l.start_date + INTERVAL ($statutory_max) YEAR THEN 'statutory'
            WHEN l.end_date >= h.held_since_date + INTERVAL ($chain_max) YEAR THEN 'chain'
            WHEN v.decision_id IS NOT NULL THEN NULL
            WHEN l.end_date >= l.start_date + INTERVAL (
                CASE WHEN list_contains($land_kinds, a.kind) THEN $land_max ELSE $house_max END
            ) YEAR THEN 'long'
        END AS ground
    FROM stg_lease l
    JOIN stg_asset a ON a.asset_id = l.asset_id
    LEFT JOIN voted v ON v.decision_id = l.decision_ref
    LEFT JOIN held h ON h.lease_id = l.lease_id
    WHERE l.returned_at IS NULL
)
SELECT
    'lease' AS finding_kind,
    j.lease_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.start_date, '%Y-%m') AS period,
    CAST(j.signed_at AS DATE) AS business_date,
    j.ground,
    j.asset_name,
    t.name AS tenant_name,
    j.start_date,
    j.end_date,
    j.held_since_date
FROM judged j
JOIN stg_counterparty t ON t.counterparty_id = j.tenant_counterparty_id
WHERE j.ground IS NOT NULL
