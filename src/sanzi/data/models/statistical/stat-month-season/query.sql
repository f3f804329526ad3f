WITH spent AS (
    -- Months count from January 2000. What only passes through to households is no spending.
    SELECT
        p.village_id,
        MIN(p.org_id) AS org_id,
        date_diff('month', DATE '2000-01-01', CAST(p.paid_at AS DATE)) AS month_no,
        strftime(p.paid_at, '%Y-%m') AS month_name,
        MAX(CAST(p.paid_at AS DATE)) AS last_day,
        CAST(SUM(p.amount_fen) AS BIGINT) AS spent_fen
    FROM stg_payment p
    WHERE p.status = 'paid'
        AND NOT list_contains($pass_kinds, COALESCE(p.source_kind, ''))
    GROUP BY p.village_id, date_diff('month', DATE '2000-01-01', CAST(p.paid_at AS DATE)),
        strftime(p.paid_at, '%Y-%m')
),
first_month AS (
    SELECT s.village_id, MIN(s.month_no) AS month_no
    FROM spent s
    GROUP BY s.village_id
),
grid AS (
    -- A month without a payment counts as nothing spent, from the village's first month on.
    SELECT
        f.village_id,
        m.month_no,
        m.month_name,
        COALESCE(s.spent_fen, 0) AS spent_fen
    FROM first_month f
    JOIN (SELECT DISTINCT a.month_no, a.month_name FROM spent a) m ON m.month_no >= f.month_no
    LEFT JOIN spent s ON s.village_id = f.village_id AND s.month_no = m.month_no
),
ranked AS (
    -- Each judged month beside the village's own months of that season in earlier years.
    SELECT
        s.village_id,
        s.org_id,
        s.month_no,
        s.month_name,
        s.last_day,
        s.spent_fen,
        r.month_no AS other_no,
        r.month_name || '=' || CAST(r.spent_fen AS VARCHAR) AS told,
        r.spent_fen AS other_fen,
        COUNT(*) OVER (PARTITION BY s.village_id, s.month_no) AS months,
        ROW_NUMBER() OVER (
            PARTITION BY s.village_id, s.month_no ORDER BY r.spent_fen, r.month_no
        ) AS place
    FROM spent s
    JOIN grid r ON r.village_id = s.village_id
        AND s.month_no - r.month_no > $reach
        AND s.month_no - r.month_no <= 12 * $years + $reach
        AND LEAST((s.month_no - r.month_no) % 12, 12 - (s.month_no - r.month_no) % 12) <= $reach
    WHERE date_diff('month', s.last_day, CAST($as_of AS DATE)) BETWEEN 1 AND $look_months
),
middled AS (
    SELECT
        r.*,
        MAX(CASE WHEN r.place * 2 IN (r.months, r.months + 1) THEN r.other_fen END)
            OVER (PARTITION BY r.village_id, r.month_no) AS median_fen
    FROM ranked r
),
spread AS (
    SELECT
        m.*,
        ROW_NUMBER() OVER (
            PARTITION BY m.village_id, m.month_no
            ORDER BY ABS(m.other_fen - m.median_fen), m.other_no
        ) AS off_place
    FROM middled m
),
judged AS (
    SELECT
        s.village_id,
        s.month_no,
        MIN(s.org_id) AS org_id,
        MIN(s.month_name) AS month_name,
        MIN(s.last_day) AS last_day,
        MIN(s.spent_fen) AS spent_fen,
        MIN(s.median_fen) AS median_fen,
        MIN(s.months) AS months,
        MAX(CASE WHEN s.off_place * 2 IN (s.months, s.months + 1)
            THEN ABS(s.other_fen - s.median_fen) END) AS spread_fen,
        array_to_string(list_sort(array_agg(s.told)), ';') AS series
    FROM spread s
    GROUP BY s.village_id, s.month_no
),
largest AS (
    SELECT
        p.village_id,
        p.payment_id,
        p.amount_fen,
        ROW_NUMBER() OVER (
            PARTITION BY p.village_id, strftime(p.paid_at, '%Y-%m')
            ORDER BY p.amount_fen DESC, p.payment_id
        ) AS place,
        strftime(p.paid_at, '%Y-%m') AS month_name
    FROM stg_payment p
    WHERE p.status = 'paid'
        AND NOT list_contains($pass_kinds, COALESCE(p.source_kind, ''))
)
SELECT
    'village' AS finding_kind,
    j.village_id AS finding_id,
    j.village_id,
    j.org_id,
    j.month_name AS period,
    j.last_day AS business_date,
    j.month_name AS period_name,
    j.spent_fen,
    j.median_fen,
    j.spread_fen,
    j.months,
    l.amount_fen AS largest_fen,
    l.payment_id AS other_payment_id,
    j.series
FROM judged j
JOIN largest l ON l.village_id = j.village_id AND l.month_name = j.month_name AND l.place = 1
WHERE j.months >= $least_months
    AND j.spent_fen - j.median_fen >= $floor_fen
    AND j.spent_fen * 100 >= j.median_fen * $times_percent
    AND j.spent_fen - j.median_fen >= j.spread_fen * $spread_times
