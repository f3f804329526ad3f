WITH dated AS (
    SELECT
        c.*,
        t.org_id,
        CAST(COALESCE(s.surveyed_at, t.submitted_at, $as_of) AS DATE) AS judged_on
    FROM stg_compensation c
    JOIN stg_land_taking t ON t.taking_id = c.taking_id AND t.status <> 'ended'
    LEFT JOIN stg_survey s ON s.survey_id = c.survey_id
)
SELECT
    'compensation' AS finding_kind,
    d.comp_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.judged_on, '%Y-%m') AS period,
    d.judged_on AS business_date,
    n.name AS person_name,
    d.project_name,
    COALESCE(d.parcel_id, '没有写') AS parcel_id,
    d.amount_fen
FROM dated d
JOIN stg_person n ON n.person_id = d.person_id
WHERE NOT EXISTS (
        SELECT 1
        FROM stg_land_right r
        WHERE r.parcel_id = d.parcel_id
            AND r.household_id = n.household_id
            AND COALESCE(r.start_date, d.judged_on) <= d.judged_on
            AND COALESCE(r.end_date, d.judged_on) >= d.judged_on
    )
    -- What a tenant planted or built is his own; a counted line has his paper with it.
    AND (NOT list_contains($tenant_kinds, d.kind) OR d.survey_id IS NULL)
