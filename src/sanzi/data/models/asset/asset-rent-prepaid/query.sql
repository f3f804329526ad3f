WITH term AS (
    -- The last day of the sitting committee, as far as the appointments say.
    SELECT l.lease_id, MAX(t.end_date) AS term_end_date
    FROM stg_lease l
    JOIN stg_appointment t ON t.village_id = l.village_id
        AND list_contains($committee_roles, t.role_code)
        AND t.start_date <= CAST(l.signed_at AS DATE)
        AND t.end_date >= CAST(l.signed_at AS DATE)
    GROUP BY l.lease_id
),
judged AS (
    SELECT
        l.*,
        COALESCE(m.term_end_date, l.end_date) AS term_end_date,
        CASE
            WHEN l.prepaid_years > $max_years THEN 'years'
            WHEN l.start_date <= m.term_end_date
                AND l.start_date + INTERVAL (l.prepaid_years) YEAR > m.term_end_date + 1
                THEN 'term'
        END AS ground
    FROM stg_lease l
    LEFT JOIN term m ON m.lease_id = l.lease_id
    WHERE l.returned_at IS NULL
)
SELECT
    'lease' AS finding_kind,
    j.lease_id AS finding_id,
    j.village_id,
    a.org_id,
    strftime(j.start_date, '%Y-%m') AS period,
    CAST(j.signed_at AS DATE) AS business_date,
    j.ground,
    a.name AS asset_name,
    t.name AS tenant_name,
    j.prepaid_years,
    j.start_date,
    j.term_end_date
FROM judged j
JOIN stg_asset a ON a.asset_id = j.asset_id
JOIN stg_counterparty t ON t.counterparty_id = j.tenant_counterparty_id
WHERE j.ground IS NOT NULL
