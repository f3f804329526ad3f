WITH yearly AS (
    SELECT
        d.person_id,
        EXTRACT(YEAR FROM d.work_date) AS work_year,
        MAX(d.work_date) AS last_day,
        MAX(q.village_id) AS village_id,
        MAX(q.org_id) AS org_id,
        COUNT(DISTINCT d.work_date) AS day_count,
        CAST(SUM(d.amount_fen) AS BIGINT) AS amount_fen
    FROM stg_labour_day d
    JOIN stg_labour_request q ON q.request_id = d.request_id
    WHERE NOT EXISTS (
        SELECT 1 FROM stg_source_matter s
        WHERE s.kind = 'contract' AND s.person_id = d.person_id
            AND (s.start_date IS NULL OR s.start_date <= d.work_date)
            AND (s.end_date IS NULL OR s.end_date >= d.work_date)
    )
    GROUP BY d.person_id, EXTRACT(YEAR FROM d.work_date)
)
SELECT
    'person' AS finding_kind,
    y.person_id AS finding_id,
    y.village_id,
    y.org_id,
    CAST(y.work_year AS VARCHAR) AS period,
    y.last_day AS business_date,
    n.name AS person_name,
    y.day_count,
    y.amount_fen
FROM yearly y
LEFT JOIN stg_person n ON n.person_id = y.person_id
WHERE y.day_count > $max_days_year OR y.amount_fen > $max_amount_year
