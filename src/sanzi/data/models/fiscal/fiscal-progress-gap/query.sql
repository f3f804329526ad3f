WITH judged AS (
    SELECT
        p.*,
        CAST($as_of AS DATE) AS counted_on,
        date_diff('day', p.start_date, CAST($as_of AS DATE)) AS gone_days,
        date_diff('day', p.start_date, p.end_date) AS all_days
    FROM stg_town_project p
    WHERE p.budget_fen > 0
),
weighed AS (
    SELECT
        j.*,
        CASE
            WHEN ABS(CAST(j.paid_fen AS HUGEINT) * 100
                    - CAST(j.budget_fen AS HUGEINT) * j.progress_percent)
                > CAST(j.budget_fen AS HUGEINT) * $gap THEN 'built'
            WHEN (CAST(LEAST(j.gone_days, j.all_days) AS HUGEINT) * j.budget_fen
                    - CAST(j.paid_fen AS HUGEINT) * j.all_days) * 100
                > CAST(j.budget_fen AS HUGEINT) * j.all_days * $lag THEN 'time'
        END AS ground
    FROM judged j
)
SELECT
    'town_project' AS finding_kind,
    w.project_id AS finding_id,
    w.town_id AS village_id,
    w.org_id,
    strftime(w.counted_on, '%Y') AS period,
    w.counted_on AS business_date,
    w.ground,
    w.name AS project_name,
    w.budget_fen,
    w.paid_fen,
    w.progress_percent,
    w.gone_days,
    w.all_days
FROM weighed w
WHERE w.ground IS NOT NULL
