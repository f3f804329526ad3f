WITH live AS (
    SELECT c.*
    FROM stg_aid_case c
    WHERE c.status NOT IN ('refused', 'stopped')
        AND (c.end_date IS NULL OR c.end_date >= CAST($as_of AS DATE))
),
owned AS (
    SELECT
        c.case_id,
        n.person_id,
        MIN(n.name) AS person_name,
        MAX(CASE WHEN s.kind = 'vehicle' THEN s.value_fen ELSE 0 END) AS value_fen,
        COUNT(CASE WHEN s.kind = 'house' THEN 1 END) AS house_count,
        COUNT(CASE WHEN s.kind = 'company' THEN 1 END) AS company_count
    FROM live c
    JOIN stg_person n ON n.household_id = c.household_id
    JOIN stg_ext_status s ON s.id_no_hash = n.id_no_hash
        AND s.since_date <= CAST($as_of AS DATE)
        AND (s.until_date IS NULL OR s.until_date >= CAST($as_of AS DATE))
    GROUP BY c.case_id, n.person_id
),
judged AS (
    SELECT
        o.*,
        CASE
            WHEN o.company_count > 0 THEN 'company'
            WHEN o.house_count > $houses_max THEN 'house'
            WHEN o.value_fen > $vehicle_max_fen THEN 'vehicle'
        END AS ground,
        ROW_NUMBER() OVER (
            PARTITION BY o.case_id
            ORDER BY
                CASE
                    WHEN o.company_count > 0 THEN 0
                    WHEN o.house_count > $houses_max THEN 1
                    WHEN o.value_fen > $vehicle_max_fen THEN 2
                    ELSE 3
                END,
                o.person_id
        ) AS place
    FROM owned o
)
SELECT
    'aid_case' AS finding_kind,
    c.case_id AS finding_id,
    c.village_id,
    c.org_id,
    strftime(c.applied_at, '%Y-%m') AS period,
    CAST(c.applied_at AS DATE) AS business_date,
    j.ground,
    j.person_name,
    j.value_fen,
    CAST(j.house_count AS BIGINT) AS house_count
FROM judged j
JOIN live c ON c.case_id = j.case_id
WHERE j.place = 1 AND j.ground IS NOT NULL
