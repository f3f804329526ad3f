WITH live AS (
    SELECT
        c.*,
        COALESCE(c.last_recheck_date, c.start_date) AS checked_on,
        date_diff('day', COALESCE(c.last_recheck_date, c.start_date), CAST($as_of AS DATE))
            AS late_days,
        CASE WHEN c.kind = 'destitute' THEN $destitute_days ELSE $other_days END AS due_days
    FROM stg_aid_case c
    WHERE c.status = 'approved'
        AND c.kind IN ('low_income', 'margin', 'destitute')
        AND (c.end_date IS NULL OR c.end_date >= CAST($as_of AS DATE))
)
SELECT
    'aid_case' AS finding_kind,
    l.case_id AS finding_id,
    l.village_id,
    l.org_id,
    strftime(l.checked_on, '%Y-%m') AS period,
    l.checked_on AS business_date,
    n.name AS person_name,
    CASE l.kind WHEN 'destitute' THEN '特困' WHEN 'margin' THEN '低保边缘' ELSE '低保' END
        AS kind_name,
    l.checked_on,
    l.late_days,
    CAST(l.due_days AS BIGINT) AS due_days
FROM live l
LEFT JOIN stg_person n ON n.person_id = l.applicant_person_id
WHERE l.late_days > l.due_days
