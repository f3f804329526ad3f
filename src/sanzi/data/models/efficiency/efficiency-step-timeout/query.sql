SELECT
    'open_step' AS finding_kind,
    s.open_step_id AS finding_id,
    s.village_id,
    s.org_id,
    strftime(s.due_at, '%Y-%m') AS period,
    CAST(s.due_at AS DATE) AS business_date,
    'late' AS ground,
    s.title,
    s.role_code,
    CAST(s.opened_at AS DATE) AS opened_on,
    CAST(s.due_at AS DATE) AS due_on
FROM stg_open_step s
WHERE s.due_at < $as_of
UNION ALL
-- The second level is a finding of its own, on the whole case.
SELECT
    'case' AS finding_kind,
    s.subject_id AS finding_id,
    s.village_id,
    s.org_id,
    strftime(s.due_at, '%Y-%m') AS period,
    CAST(s.due_at AS DATE) AS business_date,
    'very_late' AS ground,
    s.title,
    s.role_code,
    CAST(s.opened_at AS DATE) AS opened_on,
    CAST(s.due_at AS DATE) AS due_on
FROM stg_open_step s
WHERE date_diff('second', s.opened_at, $as_of)
    > CAST($escalate AS BIGINT) * date_diff('second', s.opened_at, s.due_at)
