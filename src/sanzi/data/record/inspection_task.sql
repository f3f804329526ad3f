SELECT
    t.ext_id AS task_id,
    i.ext_id AS inspection_id,
    o.ext_id AS org_id,
    t.division_code AS village_id,
    t.state AS status,
    t.seed AS seed,
    t.population_count AS population_count,
    t.population_digest AS population_digest,
    d.ext_id AS drawn_person_id,
    t.drawn_at AS drawn_at,
    f.ext_id AS finished_person_id,
    t.finished_at AS finished_at,
    t.words AS words,
    t.grade AS grade,
    t.weights AS weights,
    t.sample_size AS sample_size
FROM inspection_task t
JOIN inspection_inspection i ON i.id = t.inspection_id
JOIN orgs_organisation o ON o.id = t.organisation_id
LEFT JOIN orgs_person d ON d.id = t.drawn_by_id
LEFT JOIN orgs_person f ON f.id = t.finished_by_id
