WITH late AS (
    SELECT a.org_id, COALESCE(a.last_inventory_date, CAST(a.registered_at AS DATE)) AS counted_date
    FROM stg_asset a
    WHERE a.status NOT IN ('disposed', 'scrapped')
        AND COALESCE(a.last_inventory_date, CAST(a.registered_at AS DATE))
            + INTERVAL ($months) MONTH < CAST($as_of AS DATE)
),
summed AS (
    SELECT l.org_id, COUNT(*) AS late_count, MIN(l.counted_date) AS counted_date
    FROM late l
    GROUP BY l.org_id
)
SELECT
    'org' AS finding_kind,
    s.org_id AS finding_id,
    o.village_id,
    o.org_id,
    strftime(s.counted_date, '%Y-%m') AS period,
    s.counted_date AS business_date,
    o.name AS body_name,
    s.late_count,
    s.counted_date,
    date_diff('month', s.counted_date, CAST($as_of AS DATE)) AS passed_months
FROM summed s
JOIN stg_org o ON o.org_id = s.org_id
