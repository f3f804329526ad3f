WITH judged AS (
    SELECT
        h.*,
        CAST(COALESCE(h.built_at, h.town_accepted_at) AS DATE) AS judged_on,
        GREATEST(COALESCE(date_diff(
            'day',
            CAST(h.publicity_start_at AS DATE),
            CAST(LEAST(h.publicity_end_at, h.town_accepted_at) AS DATE)
        ), 0), 0) AS shown_days,
        CASE WHEN h.site_visit_1_at IS NULL THEN 0 ELSE 1 END
            + CASE WHEN h.site_visit_2_at IS NULL THEN 0 ELSE 1 END
            + CASE WHEN h.site_visit_3_at IS NULL THEN 0 ELSE 1 END AS visit_count
    FROM stg_homestead h
    WHERE h.status <> 'ended'
),
found AS (
    SELECT
        j.*,
        CASE
            WHEN COALESCE(j.group_agreed_at, $as_of) > j.town_accepted_at THEN 'group'
            WHEN j.town_accepted_at IS NOT NULL AND j.shown_days < $publicity THEN 'publicity'
            WHEN j.built_at IS NOT NULL AND j.visit_count < $visits THEN 'visits'
        END AS ground_found
    FROM judged j
)
SELECT
    'homestead' AS finding_kind,
    f.application_id AS finding_id,
    f.village_id,
    f.org_id,
    strftime(f.judged_on, '%Y-%m') AS period,
    f.judged_on AS business_date,
    f.ground_found AS ground,
    COALESCE(n.name, '某') AS head_name,
    f.shown_days,
    f.visit_count
FROM found f
LEFT JOIN stg_household k ON k.household_id = f.household_id
LEFT JOIN stg_person n ON n.person_id = k.head_person_id
WHERE f.ground_found IS NOT NULL
