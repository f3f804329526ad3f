SELECT
    'award' AS row_kind,
    a.award_id AS row_id,
    a.village_id AS village_id,
    a.person_id AS person_id,
    CAST(NULL AS VARCHAR) AS plain
FROM stg_award a
WHERE a.status = 'approved'
    AND substr(a.period, 1, 4) = strftime(CAST($from_date AS DATE), '%Y')
