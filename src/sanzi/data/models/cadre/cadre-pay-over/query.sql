WITH live AS (
    SELECT
        y.*,
        SUBSTR(y.period, 1, 4) AS year,
        COALESCE(y.work_date, CAST(y.period || '-01' AS DATE)) AS day,
        list_contains($scored_kinds, y.kind) AS is_scored,
        ROW_NUMBER() OVER (
            PARTITION BY y.village_id, y.person_id, y.kind, y.period, y.work_date
            ORDER BY y.pay_id
        ) AS turn
    FROM stg_pay y
    WHERE y.status <> 'ended'
),
decided AS (
    SELECT y.pay_id, MAX(s.value_fen) AS value_fen
    FROM live y
    JOIN stg_pay_standard s ON s.village_id = y.village_id
        AND s.role_code = y.role_code
        AND s.kind = y.kind
        AND s.valid_from_date <= y.day
        AND (s.valid_until_date IS NULL OR s.valid_until_date >= y.day)
    GROUP BY y.pay_id
),
valued AS (
    -- A month or a day has its standard once, however many rows it comes in.
    SELECT
        y.*,
        CASE WHEN y.turn = 1 THEN COALESCE(d.value_fen, y.standard_fen, 0) ELSE 0 END AS std_fen
    FROM live y
    LEFT JOIN decided d ON d.pay_id = y.pay_id
),
summed AS (
    SELECT
        v.*,
        CAST(SUM(CASE WHEN v.is_scored THEN 0 ELSE v.amount_fen END) OVER w AS BIGINT) AS year_fen,
        CAST(SUM(CASE WHEN v.is_scored THEN 0 ELSE v.std_fen END) OVER w AS BIGINT)
            AS year_standard_fen
    FROM valued v
    WINDOW w AS (
        PARTITION BY v.village_id, v.person_id, v.year
        ORDER BY v.period, v.day, v.pay_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
),
judged AS (
    SELECT
        s.*,
        CASE
            WHEN NOT s.is_scored
                AND CAST(s.amount_fen AS BIGINT) * 100
                    > CAST(s.std_fen AS BIGINT) * (100 + $tolerance)
                AND s.year_fen * 100 > s.year_standard_fen * (100 + $tolerance) THEN 'over'
            WHEN s.kind = 'lost_work' AND s.amount_fen > $lost_work_day_fen THEN 'day'
            WHEN s.kind = 'lost_work' AND EXISTS (
                SELECT 1
                FROM live b
                WHERE b.person_id = s.person_id AND b.period = s.period AND b.kind = 'basic'
            ) THEN 'full_pay'
            WHEN list_contains($voted_kinds, s.kind) AND NULLIF(s.decision_id, '') IS NULL
                THEN 'undecided'
        END AS ground
    FROM summed s
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
    CASE j.kind WHEN 'basic' THEN '基本报酬' WHEN 'performance' THEN '绩效'
        WHEN 'lost_work' THEN '误工补贴' WHEN 'meeting' THEN '会议补贴'
        WHEN 'bonus' THEN '奖金' ELSE '其他报酬' END AS kind_name,
    j.amount_fen,
    j.std_fen AS standard_fen,
    j.year_fen,
    j.year_standard_fen
FROM judged j
LEFT JOIN stg_person n ON n.person_id = j.person_id
WHERE j.ground IS NOT NULL
