WITH judged AS (
    SELECT
        c.*,
        COALESCE(
            date_diff(
                'day',
                CAST(c.publicity_start_at AS DATE),
                CAST(
                    LEAST(COALESCE(c.publicity_end_at, c.decided_at), c.decided_at) AS DATE
                )
            ),
            0
        ) AS shown_days
    FROM stg_aid_case c
    WHERE c.decided_at IS NOT NULL AND c.result = 'approved'
)
SELECT
    'aid_case' AS finding_kind,
    j.case_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.decided_at, '%Y-%m') AS period,
    CAST(j.decided_at AS DATE) AS business_date,
    n.name AS person_name,
    j.shown_days,
    CAST(j.decided_at AS DATE) AS decided_on
FROM judged j
LEFT JOIN stg_person n ON n.person_id = j.applicant_person_id
WHERE j.shown_days < $days
