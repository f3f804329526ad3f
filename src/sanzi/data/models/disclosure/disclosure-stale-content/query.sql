WITH copied AS (
    SELECT d.disclosure_id, MAX(e.period) AS earlier_period
    FROM stg_disclosure d
    JOIN stg_disclosure e ON e.content_hash = d.content_hash
        AND e.village_id = d.village_id
        AND e.item_code = d.item_code
        AND e.period < d.period
    WHERE COALESCE(d.total_fen, 1) <> 0
    GROUP BY d.disclosure_id
)
SELECT
    'disclosure' AS finding_kind,
    d.disclosure_id AS finding_id,
    d.village_id,
    d.org_id,
    d.period,
    CAST(d.published_at AS DATE) AS business_date,
    d.title,
    d.period AS this_period,
    c.earlier_period
FROM copied c
JOIN stg_disclosure d ON d.disclosure_id = c.disclosure_id
