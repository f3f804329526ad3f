WITH asked AS (
    SELECT h.*, CAST(COALESCE(h.submitted_at, $as_of) AS DATE) AS asked_on
    FROM stg_homestead h
    WHERE h.status <> 'ended'
),
second AS (
    -- A plot that the household had when it asked, and does not give up or build anew.
    SELECT a.application_id, MIN(r.parcel_id) AS old_parcel_id
    FROM asked a
    JOIN stg_land_right r ON r.household_id = a.household_id
        AND r.right_kind = 'homestead'
        AND COALESCE(r.start_date, a.asked_on) <= a.asked_on
        AND COALESCE(r.end_date, a.asked_on) >= a.asked_on
        AND r.parcel_id <> COALESCE(a.parcel_id, '')
    WHERE COALESCE(a.old_site, 'none') = 'none'
    GROUP BY a.application_id
),
judged AS (
    SELECT
        a.*,
        s.old_parcel_id,
        CASE
            WHEN s.application_id IS NOT NULL THEN 'second'
            WHEN a.old_site = 'return' AND a.status = 'closed' AND a.old_site_returned_at IS NULL
                THEN 'kept'
        END AS ground_found
    FROM asked a
    LEFT JOIN second s ON s.application_id = a.application_id
)
SELECT
    'homestead' AS finding_kind,
    j.application_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.asked_on, '%Y-%m') AS period,
    j.asked_on AS business_date,
    j.ground_found AS ground,
    COALESCE(n.name, '某') AS head_name,
    COALESCE(j.old_parcel_id, '没有写') AS old_parcel_id,
    RTRIM(RTRIM(CAST(j.area_m2 AS VARCHAR), '0'), '.') AS area_text
FROM judged j
LEFT JOIN stg_household k ON k.household_id = j.household_id
LEFT JOIN stg_person n ON n.person_id = k.head_person_id
WHERE j.ground_found IS NOT NULL
