SELECT
    s.ext_id AS stage_id,
    d.ext_id AS development_id,
    s.stage AS stage,
    s.held_date AS held_date,
    s.eligible_count AS eligible_count,
    s.present_count AS present_count,
    s.agree_count AS agree_count,
    s.publicity_start_date AS publicity_start_date,
    s.publicity_end_date AS publicity_end_date
FROM party_partystage s
JOIN party_partydevelopment d ON d.id = s.development_id
