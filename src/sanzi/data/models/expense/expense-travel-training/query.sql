WITH dated AS (
    -- A request not handed in yet counts as handed in now.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
        AND list_contains($trip_subjects, p.subject_code)
),
per_case AS (
    SELECT
        d.case_id,
        MIN(d.line_no) AS line_no,
        MIN(d.source_id) AS source_id,
        MIN(d.business_at) AS business_at,
        SUM(d.amount_fen) AS case_fen,
        COUNT(DISTINCT d.payee_person_id) AS people
    FROM dated d
    GROUP BY d.case_id
),
proof AS (
    SELECT d.case_id, i.issue_date, i.item_text, i.seller_name
    FROM stg_invoice i
    JOIN dated d ON d.payment_id = i.payment_id
    UNION ALL
    SELECT c.case_id, i.issue_date, i.item_text, i.seller_name
    FROM stg_invoice i
    JOIN per_case c ON c.case_id = i.case_id
    WHERE i.payment_id IS NULL
),
left_on AS (
    -- Nobody was there later than the day of the first proof.
    SELECT
        c.case_id,
        LEAST(CAST(c.business_at AS DATE),
            COALESCE(MIN(f.issue_date), CAST(c.business_at AS DATE))) AS trip_date
    FROM per_case c
    LEFT JOIN proof f ON f.case_id = c.case_id
    GROUP BY c.case_id, c.business_at
),
word AS (
    SELECT UNNEST($scenic_words) AS word
),
scenic AS (
    SELECT f.case_id, MIN(w.word) AS word
    FROM proof f
    JOIN word w ON position(w.word IN concat(f.item_text, f.seller_name)) > 0
    GROUP BY f.case_id
),
plan AS (
    SELECT
        c.case_id,
        MAX(date_diff('day', s.start_date, s.end_date) + 1) AS plan_days
    FROM per_case c
    JOIN left_on t ON t.case_id = c.case_id
    JOIN stg_source_matter s ON s.source_id = c.source_id
        AND s.status IN ('approved', 'closed')
        AND CAST(s.approved_at AS DATE) <= t.trip_date
    GROUP BY c.case_id
),
judged AS (
    SELECT
        c.*,
        s.word,
        n.plan_days,
        CASE
            WHEN s.word IS NOT NULL THEN 'scenic'
            WHEN n.case_id IS NULL AND $needs_town_approval = 'yes' THEN 'no_plan'
            WHEN c.people > 0
                AND c.case_fen > $per_person_day_fen * CAST(c.people AS BIGINT) * n.plan_days
                THEN 'dear'
        END AS ground
    FROM per_case c
    LEFT JOIN scenic s ON s.case_id = c.case_id
    LEFT JOIN plan n ON n.case_id = c.case_id
)
SELECT
    'payment' AS finding_kind,
    d.payment_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.business_at, '%Y-%m') AS period,
    CAST(d.business_at AS DATE) AS business_date,
    j.ground,
    j.case_fen AS amount_fen,
    j.word AS scenic_word,
    j.people,
    j.plan_days
FROM judged j
JOIN dated d ON d.case_id = j.case_id AND d.line_no = j.line_no
WHERE j.ground IS NOT NULL
