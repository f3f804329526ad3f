WITH cadre AS (
    SELECT
        d.labour_day_id,
        d.request_id,
        d.person_id,
        d.work_date,
        d.amount_fen,
        MIN(t.role_code) AS role_code
    FROM stg_labour_day d
    JOIN stg_labour_request q ON q.request_id = d.request_id
    JOIN stg_appointment t ON t.person_id = d.person_id
        AND t.start_date <= d.work_date
        AND (t.end_date IS NULL OR t.end_date >= d.work_date)
        AND list_contains($cadre_roles, t.role_code)
    JOIN stg_org o ON o.org_id = t.org_id
        AND (o.village_id = q.village_id OR o.division_code = q.village_id)
    GROUP BY d.labour_day_id, d.request_id, d.person_id, d.work_date, d.amount_fen
),
summed AS (
    SELECT
        c.request_id,
        c.person_id,
        MIN(c.labour_day_id) AS labour_day_id,
        MIN(c.work_date) AS first_day,
        MIN(c.role_code) AS role_code,
        COUNT(DISTINCT c.work_date) AS day_count,
        CAST(SUM(c.amount_fen) AS BIGINT) AS amount_fen
    FROM cadre c
    GROUP BY c.request_id, c.person_id
)
SELECT
    'labour_day' AS finding_kind,
    s.labour_day_id AS finding_id,
    q.village_id,
    q.org_id,
    strftime(s.first_day, '%Y-%m') AS period,
    s.first_day AS business_date,
    n.name AS person_name,
    s.role_code,
    q.place,
    s.day_count,
    s.amount_fen
FROM summed s
JOIN stg_labour_request q ON q.request_id = s.request_id
LEFT JOIN stg_person n ON n.person_id = s.person_id
