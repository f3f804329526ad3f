WITH live AS (
    SELECT y.*, COALESCE(y.work_date, CAST(y.period || '-01' AS DATE)) AS day
    FROM stg_pay y
    WHERE y.status <> 'ended'
),
worked AS (
    SELECT
        y.pay_id,
        MAX(CASE WHEN d.work_date = y.work_date THEN 1 ELSE 0 END) AS is_same_day,
        CAST(SUM(CASE
            WHEN y.kind = 'basic' OR d.work_date = y.work_date THEN d.amount_fen ELSE 0
        END) AS BIGINT) AS labour_fen
    FROM live y
    JOIN stg_labour_day d ON d.person_id = y.person_id
        AND (
            d.work_date = y.work_date
            OR (y.kind = 'basic' AND strftime(d.work_date, '%Y-%m') = y.period)
        )
    GROUP BY y.pay_id
),
judged AS (
    SELECT
        y.*,
        w.labour_fen,
        CASE
            WHEN w.is_same_day = 1 THEN 'labour'
            WHEN EXISTS (
                SELECT 1
                FROM live b
                WHERE b.person_id = y.person_id
                    AND b.work_date = y.work_date
                    AND b.village_id <> y.village_id
            ) THEN 'two_villages'
            WHEN w.pay_id IS NOT NULL THEN 'full_time'
        END AS ground
    FROM live y
    LEFT JOIN worked w ON w.pay_id = y.pay_id
)
SELECT
    'pay' AS finding_kind,
    j.pay_id AS finding_id,
    j.village_id,
    j.org_id,
    j.period,
    j.day AS business_date,
    j.ground,
    n.name AS person_name,
    j.period AS period_name,
    j.work_date,
    j.amount_fen,
    j.labour_fen
FROM judged j
LEFT JOIN stg_person n ON n.person_id = j.person_id
WHERE j.ground IS NOT NULL
