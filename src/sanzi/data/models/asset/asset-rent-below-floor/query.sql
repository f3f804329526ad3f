WITH judged AS (
    SELECT
        l.*,
        r.rent_fen_year AS last_rent_fen_year,
        CASE
            WHEN l.rent_fen_year < l.reserve_rent_fen_year THEN 'reserve'
            WHEN l.rent_fen_year * 100 < l.appraised_rent_fen_year * (100 - $tolerance)
                THEN 'appraised'
            WHEN l.tender_id IS NULL AND l.rent_fen_year < r.rent_fen_year THEN 'renewal'
        END AS ground
    FROM stg_lease l
    LEFT JOIN stg_lease r ON r.lease_id = l.renewed_from_lease_id
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
    j.rent_fen_year,
    CASE j.ground
        WHEN 'reserve' THEN j.reserve_rent_fen_year
        WHEN 'appraised' THEN j.appraised_rent_fen_year
        ELSE j.last_rent_fen_year
    END AS floor_fen_year
FROM judged j
JOIN stg_asset a ON a.asset_id = j.asset_id
JOIN stg_counterparty t ON t.counterparty_id = j.tenant_counterparty_id
WHERE j.ground IS NOT NULL
