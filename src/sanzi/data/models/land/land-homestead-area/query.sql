WITH judged AS (
    SELECT
        h.*,
        GREATEST(h.area_m2, COALESCE(h.built_m2, 0)) AS largest_m2,
        CASE h.land_class
            WHEN 'farmland' THEN $farmland
            WHEN 'other' THEN $other
            ELSE $waste_hill
        END AS limit_m2
    FROM stg_homestead h
    WHERE h.status <> 'ended'
)
SELECT
    'homestead' AS finding_kind,
    j.application_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(COALESCE(j.submitted_at, $as_of), '%Y-%m') AS period,
    CAST(COALESCE(j.submitted_at, $as_of) AS DATE) AS business_date,
    CASE WHEN j.area_m2 > j.limit_m2 THEN 'asked' ELSE 'built' END AS ground,
    COALESCE(n.name, '某') AS head_name,
    RTRIM(RTRIM(CAST(j.largest_m2 AS VARCHAR), '0'), '.') AS area_text,
    j.limit_m2
FROM judged j
LEFT JOIN stg_household k ON k.household_id = j.household_id
LEFT JOIN stg_person n ON n.person_id = k.head_person_id
WHERE j.largest_m2 > j.limit_m2
