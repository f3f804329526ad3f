WITH crossing AS (
    SELECT DISTINCT a.person_id, a.work_date
    FROM stg_labour_day a
    JOIN stg_labour_day b ON b.person_id = a.person_id
        AND b.labour_day_id > a.labour_day_id
        AND a.start_at < b.end_at
        AND b.start_at < a.end_at
),
by_day AS (
    SELECT
        d.person_id,
        d.work_date,
        MAX(d.labour_day_id) AS labour_day_id,
        SUM(d.hours) AS hours_sum,
        CAST(SUM(d.amount_fen) AS BIGINT) AS amount_fen
    FROM stg_labour_day d
    GROUP BY d.person_id, d.work_date
)
SELECT
    'labour_day' AS finding_kind,
    s.labour_day_id AS finding_id,
    q.village_id,
    q.org_id,
    strftime(s.work_date, '%Y-%m') AS period,
    s.work_date AS business_date,
    CASE WHEN c.person_id IS NOT NULL THEN 'overlap' ELSE 'hours' END AS ground,
    n.name AS person_name,
    s.work_date AS work_day,
    CAST(s.hours_sum AS BIGINT) AS hours_total,
    s.amount_fen
FROM by_day s
JOIN stg_labour_day d ON d.labour_day_id = s.labour_day_id
JOIN stg_labour_request q ON q.request_id = d.request_id
LEFT JOIN crossing c ON c.person_id = s.person_id AND c.work_date = s.work_date
LEFT JOIN stg_person n ON n.person_id = s.person_id
WHERE c.person_id IS NOT NULL OR s.hours_sum > $max_hours_day
