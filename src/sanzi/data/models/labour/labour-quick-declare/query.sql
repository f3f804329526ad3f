WITH began AS (
    SELECT
        q.request_id,
        q.village_id,
        q.org_id,
        q.place,
        CASE WHEN q.is_emergency THEN MIN(d.start_at) ELSE q.submitted_at END AS began_at
    FROM stg_labour_request q
    LEFT JOIN stg_labour_day d ON d.request_id = q.request_id
    GROUP BY q.request_id, q.village_id, q.org_id, q.place, q.is_emergency, q.submitted_at
),
declared AS (
    SELECT c.request_id, MIN(c.declared_at) AS declared_at, MAX(c.total_fen) AS total_fen
    FROM stg_labour_declaration c
    GROUP BY c.request_id
)
SELECT
    'labour_request' AS finding_kind,
    b.request_id AS finding_id,
    b.village_id,
    b.org_id,
    strftime(c.declared_at, '%Y-%m') AS period,
    CAST(c.declared_at AS DATE) AS business_date,
    b.place,
    date_diff('minute', b.began_at, c.declared_at) AS gap_minutes,
    c.total_fen
FROM began b
JOIN declared c ON c.request_id = b.request_id
WHERE date_diff('minute', b.began_at, c.declared_at) < $min_gap_hours * 60
