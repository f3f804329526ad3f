WITH live AS (
    SELECT
        c.*,
        COALESCE(c.monthly_fen, 0) AS fen,
        CAST(c.applied_at AS DATE) AS applied_on,
        COALESCE(
            c.monthly_fen <= $town_limit_fen
            AND CAST(c.monthly_fen AS BIGINT) * 100
                >= CAST($town_limit_fen AS BIGINT) * $near_percent,
            FALSE
        ) AS is_near,
        ROW_NUMBER() OVER (ORDER BY c.applied_at, c.case_id) AS seq
    FROM stg_aid_case c
    WHERE c.kind = 'temporary' AND c.status NOT IN ('refused', 'stopped')
),
summed AS (
    SELECT
        c.case_id,
        COUNT(*) AS case_count,
        CAST(SUM(b.fen) AS BIGINT) AS sum_fen,
        COUNT(CASE WHEN b.is_near AND date_diff('day', b.applied_on, c.applied_on) <= $split_days
            THEN 1 END) AS near_count,
        CAST(SUM(CASE
            WHEN b.is_near AND date_diff('day', b.applied_on, c.applied_on) <= $split_days
            THEN b.fen ELSE 0 END) AS BIGINT) AS near_fen
    FROM live c
    JOIN live b ON b.household_id = c.household_id
        AND b.seq <= c.seq
        AND date_diff('day', b.applied_on, c.applied_on) <= $period_days
    GROUP BY c.case_id
),
judged AS (
    SELECT
        c.*,
        s.case_count,
        s.sum_fen,
        s.near_count,
        s.near_fen,
        CASE
            WHEN s.case_count > $max_cases THEN 'count'
            WHEN s.sum_fen > $cap_fen THEN 'sum'
            WHEN c.is_near AND s.near_fen > $town_limit_fen THEN 'split'
        END AS ground
    FROM live c
    JOIN summed s ON s.case_id = c.case_id
)
SELECT
    'aid_case' AS finding_kind,
    j.case_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.applied_on, '%Y-%m') AS period,
    j.applied_on AS business_date,
    j.ground,
    CAST(j.case_count AS BIGINT) AS case_count,
    j.sum_fen,
    CAST(j.near_count AS BIGINT) AS near_count,
    j.near_fen
FROM judged j
WHERE j.ground IS NOT NULL
