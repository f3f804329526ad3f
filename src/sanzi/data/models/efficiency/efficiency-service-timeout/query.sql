SELECT
    'service' AS finding_kind,
    s.service_id AS finding_id,
    s.village_id,
    s.org_id,
    strftime(s.due_at, '%Y-%m') AS period,
    CAST(s.due_at AS DATE) AS business_date,
    s.item_title,
    CAST(s.applied_at AS DATE) AS applied_on,
    CAST(s.due_at AS DATE) AS due_on
FROM stg_service s
WHERE s.done_at IS NULL AND s.status <> 'ended' AND s.due_at < $as_of
