WITH summed AS (
    SELECT
        q.request_id,
        q.village_id,
        q.org_id,
        q.place,
        q.work_kind,
        CAST(q.submitted_at AS DATE) AS asked_on,
        CAST(COALESCE(SUM(d.amount_fen), 0) AS BIGINT) AS amount_fen
    FROM stg_labour_request q
    LEFT JOIN stg_labour_day d ON d.request_id = q.request_id
    GROUP BY q.request_id, q.village_id, q.org_id, q.place, q.work_kind, q.submitted_at
),
works AS (
    SELECT s.village_id, s.title FROM stg_source_matter s WHERE s.kind = 'works'
),
together AS (
    SELECT
        a.request_id,
        COUNT(*) AS request_count,
        CAST(SUM(b.amount_fen) AS BIGINT) AS amount_fen
    FROM summed a
    JOIN summed b ON b.village_id = a.village_id AND b.place = a.place
        AND b.asked_on <= a.asked_on
        AND date_diff('day', b.asked_on, a.asked_on) <= $window_days
        AND b.work_kind IN ('road', 'ditch', 'repair', 'other')
    WHERE a.work_kind IN ('road', 'ditch', 'repair', 'other')
        AND NOT EXISTS (
            SELECT 1 FROM works w
            WHERE w.village_id = a.village_id AND strpos(w.title, a.place) > 0
        )
    GROUP BY a.request_id
),
judged AS (
    SELECT
        s.*,
        COALESCE(t.request_count, 1) AS request_count,
        COALESCE(t.amount_fen, s.amount_fen) AS together_fen,
        CASE
            WHEN s.amount_fen >= $single_limit THEN 'single'
            WHEN t.request_count > 1 AND t.amount_fen >= $works_floor THEN 'summed'
        END AS ground
    FROM summed s
    LEFT JOIN together t ON t.request_id = s.request_id
)
SELECT
    'labour_request' AS finding_kind,
    j.request_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.asked_on, '%Y-%m') AS period,
    j.asked_on AS business_date,
    j.ground,
    j.place,
    j.request_count,
    CASE WHEN j.ground = 'single' THEN j.amount_fen ELSE j.together_fen END AS amount_fen
FROM judged j
WHERE j.ground IS NOT NULL
