SELECT
    s.ext_id AS score_id,
    s.division_code AS village_id,
    s.index_code AS index_code,
    s.version AS version,
    s.period AS period,
    s.tenths AS score_permille,
    s.coverage_percent AS coverage_percent,
    s.grade AS grade,
    s.computed_at AS computed_at
FROM insight_indexscore s
WHERE s.person_ext_id = ''
