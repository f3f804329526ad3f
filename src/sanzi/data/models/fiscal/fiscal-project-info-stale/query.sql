WITH live AS (
    SELECT
        p.*,
        COALESCE(CAST(p.info_updated_at AS DATE), p.start_date) AS updated_on
    FROM stg_town_project p
    WHERE p.start_date <= CAST($as_of AS DATE) AND p.progress_percent < 100
)
SELECT
    'town_project' AS finding_kind,
    p.project_id AS finding_id,
    p.town_id AS village_id,
    p.org_id,
    strftime(p.updated_on, '%Y-%m') AS period,
    p.updated_on AS business_date,
    CASE WHEN p.qr_code IS NULL THEN 'no_code' ELSE 'stale' END AS ground,
    p.name AS project_name,
    p.updated_on AS updated_date
FROM live p
WHERE p.qr_code IS NULL
    OR date_diff('day', p.updated_on, CAST($as_of AS DATE)) > $days
