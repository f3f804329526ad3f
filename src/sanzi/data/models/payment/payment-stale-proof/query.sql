WITH dated AS NOT MATERIALIZED (
    -- A request not handed in yet counts as handed in now.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
first_line AS (
    SELECT d.case_id, MIN(d.line_no) AS line_no FROM dated d GROUP BY d.case_id
),
proof AS (
    -- A proof of a whole case stands for its first line.
    SELECT d.payment_id, i.issue_date
    FROM stg_invoice i
    JOIN dated d ON d.payment_id = i.payment_id
    UNION ALL
    SELECT d.payment_id, i.issue_date
    FROM stg_invoice i
    JOIN first_line f ON f.case_id = i.case_id
    JOIN dated d ON d.case_id = f.case_id AND d.line_no = f.line_no
    WHERE i.payment_id IS NULL
),
oldest AS (
    SELECT f.payment_id, MIN(f.issue_date) AS issue_date FROM proof f GROUP BY f.payment_id
),
judged AS (
    SELECT
        d.*,
        o.issue_date,
        date_diff('day', o.issue_date, CAST(d.business_at AS DATE)) AS age_days,
        CASE
            WHEN date_diff('day', o.issue_date, CAST(d.business_at AS DATE)) > $max_days THEN 'old'
            WHEN year(o.issue_date) < year(d.business_at)
                AND dayofyear(CAST(d.business_at AS DATE)) > $cutoff_days THEN 'last_year'
        END AS ground
    FROM oldest o
    JOIN dated d ON d.payment_id = o.payment_id
)
SELECT
    'payment' AS finding_kind,
    j.payment_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.business_at, '%Y-%m') AS period,
    CAST(j.business_at AS DATE) AS business_date,
    j.ground,
    j.line_no,
    j.amount_fen,
    j.issue_date,
    j.age_days
FROM judged j
WHERE j.ground IS NOT NULL
