WITH placed AS (
    SELECT
        d.*,
        strftime(d.start_date, '%Y-%m') AS first_month,
        date_diff('month', d.start_date, d.maturity_date) AS term_months,
        CAST(d.withdrawn_at AS DATE) AS withdrawn_on,
        p.won_rate_bp
    FROM stg_deposit d
    LEFT JOIN stg_deposit_plan p ON p.case_id = d.case_id AND d.case_id <> ''
),
peers AS (
    SELECT
        x.first_month,
        x.term_months,
        quantile_disc(x.rate_bp, 0.5) AS middle_bp
    FROM placed x
    GROUP BY x.first_month, x.term_months
    HAVING COUNT(*) >= $least_peers
),
judged AS (
    SELECT
        x.*,
        q.middle_bp,
        -- Interest agreed up to the day of withdrawal, times 3,650,000, less what came.
        CAST(x.principal_fen AS HUGEINT) * x.rate_bp
            * date_diff('day', x.start_date, x.maturity_date) AS agreed_units,
        CAST(COALESCE(x.interest_fen, 0) AS HUGEINT) * 3650000 AS got_units
    FROM placed x
    LEFT JOIN peers q ON q.first_month = x.first_month AND q.term_months = x.term_months
),
found AS (
    SELECT
        j.*,
        CASE
            WHEN j.rate_bp < j.won_rate_bp THEN 'won'
            WHEN j.rate_bp + $gap_bp < j.middle_bp THEN 'peers'
            WHEN j.withdrawn_on < j.maturity_date
                AND COALESCE(j.early_decision_id, '') = ''
                AND j.agreed_units - j.got_units >= CAST($loss_floor AS HUGEINT) * 3650000
                THEN 'early'
        END AS ground
    FROM judged j
)
SELECT
    'deposit' AS finding_kind,
    f.deposit_id AS finding_id,
    f.village_id,
    f.org_id,
    f.first_month AS period,
    f.start_date AS business_date,
    f.ground,
    o.name AS body_name,
    f.principal_fen,
    f.rate_bp,
    COALESCE(f.won_rate_bp, f.middle_bp) AS better_bp,
    f.withdrawn_on,
    f.maturity_date
FROM found f
JOIN stg_org o ON o.org_id = f.org_id
WHERE f.ground IS NOT NULL
