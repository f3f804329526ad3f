WITH live AS (
    SELECT
        a.award_id,
        a.village_id,
        a.org_id,
        a.person_id,
        a.household_id,
        a.period,
        a.quantity_milli,
        p.code,
        p.name AS program_name,
        CAST(COALESCE(a.approved_at, a.paid_at, $as_of) AS DATE) AS day,
        CAST(CASE WHEN LENGTH(a.period) = 7 THEN a.period || '-01'
            ELSE a.period || '-01-01' END AS DATE) AS first_day,
        CAST(CASE WHEN LENGTH(a.period) = 7 THEN a.period || '-28'
            ELSE a.period || '-12-31' END AS DATE) AS last_day
    FROM stg_award a
    JOIN stg_program p ON p.program_id = a.program_id
    WHERE a.status <> 'removed' AND p.needs_land
),
asked AS (
    SELECT
        l.household_id,
        l.village_id,
        l.code,
        l.period,
        MAX(l.award_id) AS award_id,
        MIN(l.first_day) AS first_day,
        MAX(l.last_day) AS last_day,
        CAST(SUM(l.quantity_milli) AS BIGINT) AS asked_milli
    FROM live l
    GROUP BY l.household_id, l.village_id, l.code, l.period
),
land AS (
    SELECT a.award_id, CAST(ROUND(r.area_mu * 1000) AS BIGINT) AS milli
    FROM asked a
    JOIN stg_land_right r ON r.household_id = a.household_id AND r.right_kind = 'contract'
    UNION ALL
    SELECT a.award_id, CAST(ROUND(c.area_mu * 1000) AS BIGINT)
    FROM asked a
    JOIN stg_land_contract c ON c.household_id = a.household_id
        AND c.land_use = 'farmland'
        AND c.status IN ('approved', 'signed', 'closed')
        AND c.start_date <= a.last_day
        AND c.end_date >= a.first_day
),
held AS (
    SELECT l.award_id, CAST(SUM(l.milli) AS BIGINT) AS held_milli
    FROM land l
    GROUP BY l.award_id
),
village_asked AS (
    SELECT
        l.village_id,
        l.code,
        l.period,
        MIN(l.org_id) AS org_id,
        MAX(l.day) AS day,
        MIN(l.program_name) AS program_name,
        CAST(SUM(l.quantity_milli) AS BIGINT) AS asked_milli
    FROM live l
    GROUP BY l.village_id, l.code, l.period
),
village_land AS (
    SELECT r.village_id, CAST(ROUND(SUM(r.area_mu) * 1000) AS BIGINT) AS held_milli
    FROM stg_land_right r
    WHERE r.right_kind IN ('contract', 'mobile')
    GROUP BY r.village_id
)
SELECT
    'award' AS finding_kind,
    a.award_id AS finding_id,
    l.village_id,
    l.org_id,
    SUBSTR(a.period || '-01', 1, 7) AS period,
    l.day AS business_date,
    'household' AS ground,
    n.name AS person_name,
    l.program_name,
    a.period AS period_name,
    CAST(CAST(a.asked_milli * 0.001 AS DECIMAL(18, 2)) AS VARCHAR) AS asked_mu,
    CAST(CAST(h.held_milli * 0.001 AS DECIMAL(18, 2)) AS VARCHAR) AS held_mu
FROM asked a
JOIN held h ON h.award_id = a.award_id
JOIN live l ON l.award_id = a.award_id
LEFT JOIN stg_person n ON n.person_id = l.person_id
WHERE a.asked_milli * 100 > h.held_milli * (100 + $tolerance)
UNION ALL
SELECT
    'division' AS finding_kind,
    v.village_id AS finding_id,
    v.village_id,
    v.org_id,
    v.period || ' ' || v.code AS period,
    v.day AS business_date,
    'village' AS ground,
    CAST(NULL AS VARCHAR) AS person_name,
    v.program_name,
    v.period AS period_name,
    CAST(CAST(v.asked_milli * 0.001 AS DECIMAL(18, 2)) AS VARCHAR) AS asked_mu,
    CAST(CAST(w.held_milli * 0.001 AS DECIMAL(18, 2)) AS VARCHAR) AS held_mu
FROM village_asked v
JOIN village_land w ON w.village_id = v.village_id
WHERE v.asked_milli * 100 > w.held_milli * (100 + $tolerance)
