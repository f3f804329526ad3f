WITH worked AS (
    SELECT
        d.request_id,
        MAX(d.end_at) AS last_at,
        CAST(SUM(d.amount_fen) AS BIGINT) AS amount_fen
    FROM stg_labour_day d
    GROUP BY d.request_id
),
declared AS (
    SELECT c.request_id, MIN(c.declared_at) AS declared_at
    FROM stg_labour_declaration c
    GROUP BY c.request_id
),
judged AS (
    SELECT
        q.request_id,
        q.village_id,
        q.org_id,
        q.place,
        w.last_at,
        w.amount_fen,
        date_diff(
            'day',
            CAST(w.last_at AS DATE),
            CAST(COALESCE(c.declared_at, $as_of) AS DATE)
        ) AS late_days
    FROM stg_labour_request q
    JOIN worked w ON w.request_id = q.request_id
    LEFT JOIN declared c ON c.request_id = q.request_id
)
SELECT
    'labour_request' AS finding_kind,
    j.request_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.last_at, '%Y-%m') AS period,
    CAST(j.last_at AS DATE) AS business_date,
    j.place,
    CAST(j.last_at AS DATE) AS last_day,
    j.late_days,
    j.amount_fen
FROM judged j
WHERE j.late_days > $max_days
