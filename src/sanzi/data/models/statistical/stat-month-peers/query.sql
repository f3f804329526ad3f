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
size AS (
    SELECT o.village_id, MAX(o.population) AS people, MIN(s.month_no) AS first_no
    FROM stg_org o
    JOIN spent s ON s.village_id = o.village_id
    GROUP BY o.village_id
),
usual AS (
    -- What the village itself spent in the year before: a rich village is no news each month.
    SELECT
        s.village_id,
        s.month_no,
        LEAST(12, s.month_no - z.first_no) AS own_months,
        CAST(SUM(COALESCE(r.spent_fen, 0)) AS BIGINT) AS own_fen
    FROM spent s
    JOIN size z ON z.village_id = s.village_id
    LEFT JOIN spent r ON r.village_id = s.village_id
        AND r.month_no < s.month_no
        AND s.month_no - r.month_no <= 12
    GROUP BY s.village_id, s.month_no, LEAST(12, s.month_no - z.first_no)
),
high AS (
    -- Only a month that is high for the village itself is held against others.
    SELECT s.*
    FROM spent s
    JOIN usual u ON u.village_id = s.village_id AND u.month_no = s.month_no
    WHERE date_diff('month', s.last_day, CAST($as_of AS DATE)) BETWEEN 1 AND $look_months
        AND u.own_months >= $least_months
        AND s.spent_fen * u.own_months * 100 >= u.own_fen * $own_percent
),
ranked AS (
    -- Villages of the county with about as many people, in the same month.
    SELECT
        s.village_id,
        s.org_id,
        s.month_no,
        s.month_name,
        s.last_day,
        s.spent_fen,
        z.people,
        y.village_id AS other_id,
        COALESCE(r.spent_fen, 0) AS other_fen,
        COUNT(*) OVER (PARTITION BY s.village_id, s.month_no) AS peers,
        ROW_NUMBER() OVER (
            PARTITION BY s.village_id, s.month_no
            ORDER BY COALESCE(r.spent_fen, 0), y.village_id
        ) AS place
    FROM high s
    JOIN size z ON z.village_id = s.village_id
    JOIN size y ON SUBSTR(y.village_id, 1, 6) = SUBSTR(s.village_id, 1, 6)
        AND y.village_id <> s.village_id
        AND ABS(y.people - z.people) * 100 <= z.people * $size_percent
        AND y.first_no <= s.month_no
    LEFT JOIN spent r ON r.village_id = y.village_id AND r.month_no = s.month_no
),
middled AS (
    SELECT
        r.*,
        MAX(CASE WHEN r.place * 2 IN (r.peers, r.peers + 1) THEN r.other_fen END)
            OVER (PARTITION BY r.village_id, r.month_no) AS median_fen
    FROM ranked r
),
spread AS (
    SELECT
        m.*,
        ROW_NUMBER() OVER (
            PARTITION BY m.village_id, m.month_no
            ORDER BY ABS(m.other_fen - m.median_fen), m.other_id
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
        MIN(s.people) AS people,
        MIN(s.spent_fen) AS spent_fen,
        MIN(s.median_fen) AS median_fen,
        MIN(s.peers) AS peers,
        MAX(CASE WHEN s.off_place * 2 IN (s.peers, s.peers + 1)
            THEN ABS(s.other_fen - s.median_fen) END) AS spread_fen,
        -- Padded, so that text sorts as numbers do.
        array_to_string(
            list_sort(array_agg(LPAD(CAST(s.other_fen AS VARCHAR), 15, '0'))), ';'
        ) AS series
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
    j.peers,
    j.people,
    l.amount_fen AS largest_fen,
    l.payment_id AS other_payment_id,
    j.series
FROM judged j
JOIN largest l ON l.village_id = j.village_id AND l.month_name = j.month_name AND l.place = 1
WHERE j.peers >= $least_peers
    AND j.spent_fen - j.median_fen >= $floor_fen
    AND j.spent_fen * 100 >= j.median_fen * $times_percent
    AND j.spent_fen - j.median_fen >= j.spread_fen * $spread_times
