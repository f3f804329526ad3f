WITH worked AS (
    SELECT
        d.request_id,
        MIN(d.work_date) AS first_day,
        COUNT(*) AS done_days,
        CAST(SUM(d.amount_fen) AS BIGINT) AS amount_fen
    FROM stg_labour_day d
    GROUP BY d.request_id
)
SELECT
    'labour_request' AS finding_kind,
    q.request_id AS finding_id,
    q.village_id,
    q.org_id,
    strftime(w.first_day, '%Y-%m') AS period,
    w.first_day AS business_date,
    q.place,
    q.person_days_planned AS planned_days,
    w.done_days,
    q.budget_fen,
    w.amount_fen
FROM stg_labour_request q
JOIN worked w ON w.request_id = q.request_id
WHERE w.done_days * 100 > q.person_days_planned * (100 + $tolerance)
    OR w.amount_fen * 100 > q.budget_fen * (100 + $tolerance)
