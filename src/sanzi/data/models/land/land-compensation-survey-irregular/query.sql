WITH judged AS (
    SELECT
        s.*,
        t.org_id,
        t.project_name,
        CASE
            WHEN t.approved_at < s.surveyed_at THEN 'late'
            WHEN s.attendee_count < $min_attendees THEN 'attendees'
            WHEN s.person_count_village < 2 THEN 'village'
            WHEN NOT s.has_third_party THEN 'third_party'
            WHEN NOT s.has_owner_sign THEN 'sign'
            WHEN s.photo_count < $min_photos THEN 'photos'
        END AS ground
    FROM stg_survey s
    JOIN stg_land_taking t ON t.taking_id = s.taking_id AND t.status <> 'ended'
)
SELECT
    'survey' AS finding_kind,
    j.survey_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.surveyed_at, '%Y-%m') AS period,
    CAST(j.surveyed_at AS DATE) AS business_date,
    j.ground,
    j.project_name,
    j.attendee_count,
    j.person_count_village,
    j.photo_count
FROM judged j
WHERE j.ground IS NOT NULL
