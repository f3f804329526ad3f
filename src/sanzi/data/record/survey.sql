SELECT
    s.ext_id AS survey_id,
    t.ext_id AS taking_id,
    s.division_code AS village_id,
    s.surveyed_at AS surveyed_at,
    s.attendee_count AS attendee_count,
    s.has_third_party AS has_third_party,
    s.has_owner_sign AS has_owner_sign,
    s.photo_count AS photo_count,
    s.person_count_village AS person_count_village
FROM land_survey s
JOIN land_landtaking t ON t.id = s.taking_id
