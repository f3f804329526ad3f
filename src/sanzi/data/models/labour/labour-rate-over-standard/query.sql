WITH priced AS (
    SELECT
        d.labour_day_id,
        d.request_id,
        d.work_date,
        d.rate_fen_day,
        d.amount_fen,
        d.hours,
        d.piece_qty,
        q.village_id,
        q.org_id,
        q.place,
        COALESCE(
            MAX(CASE WHEN r.village_id = q.village_id THEN r.value_fen END),
            MAX(r.value_fen),
            CASE WHEN strpos(q.rate_code, 'skilled') > 0 THEN $skilled_rate ELSE $general_rate END
        ) AS limit_fen
    FROM stg_labour_day d
    JOIN stg_labour_request q ON q.request_id = d.request_id
    LEFT JOIN stg_rate_card r ON r.rate_code = q.rate_code
        AND (r.village_id = q.village_id
            OR (r.village_id IS NULL AND strpos(q.village_id, r.county_id) = 1))
        AND r.valid_from_date <= d.work_date
        AND (r.valid_until_date IS NULL OR r.valid_until_date >= d.work_date)
    GROUP BY d.labour_day_id, d.request_id, d.work_date, d.rate_fen_day, d.amount_fen, d.hours,
        d.piece_qty, q.village_id, q.org_id, q.place, q.rate_code
),
over AS (
    SELECT p.*
    FROM priced p
    WHERE p.rate_fen_day * 100 > p.limit_fen * (100 + $tolerance)
        OR (p.piece_qty IS NULL
            AND (p.amount_fen - 1) * 800 > p.limit_fen * (100 + $tolerance) * p.hours)
)
SELECT
    'labour_request' AS finding_kind,
    o.request_id AS finding_id,
    MIN(o.village_id) AS village_id,
    MIN(o.org_id) AS org_id,
    strftime(MIN(o.work_date), '%Y-%m') AS period,
    MIN(o.work_date) AS business_date,
    MIN(o.place) AS place,
    MAX(GREATEST(o.rate_fen_day, CASE WHEN o.hours = 8 THEN o.amount_fen ELSE 0 END)) AS paid_fen,
    MIN(o.limit_fen) AS limit_fen
FROM over o
GROUP BY o.request_id
