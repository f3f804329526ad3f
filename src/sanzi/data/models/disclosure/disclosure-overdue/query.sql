WITH judged AS (
    SELECT
        d.due_id,
        d.village_id,
        d.org_id,
        d.period,
        d.title,
        o.name AS body_name,
        CAST(d.due_at AS DATE) AS late_on,
        CASE WHEN d.published_at IS NULL THEN 'missing' ELSE 'late' END AS ground,
        date_diff(
            'day',
            CAST(d.due_at AS DATE),
            CAST(COALESCE(d.published_at, $as_of) AS DATE)
        ) + 1 AS late_days
    FROM stg_disclosure_due d
    JOIN stg_org o ON o.org_id = d.org_id
    WHERE d.empty_at IS NULL
)
SELECT
    'disclosure_due' AS finding_kind,
    j.due_id AS finding_id,
    j.village_id,
    j.org_id,
    j.period,
    j.late_on AS business_date,
    j.ground,
    j.body_name,
    j.title,
    j.late_days
FROM judged j
WHERE j.late_days > $grace_days
