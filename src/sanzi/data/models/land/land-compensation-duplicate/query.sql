WITH dated AS (
    SELECT
        c.*,
        t.org_id,
        CAST(COALESCE(s.surveyed_at, t.submitted_at, $as_of) AS DATE) AS judged_on
    FROM stg_compensation c
    JOIN stg_land_taking t ON t.taking_id = c.taking_id AND t.status <> 'ended'
    LEFT JOIN stg_survey s ON s.survey_id = c.survey_id
),
pair AS (
    -- The later line is found; on one day, the one with the later id.
    SELECT c.comp_id, MAX(p.comp_id) AS earlier_comp_id, COUNT(*) AS earlier_count
    FROM dated c
    JOIN dated p ON p.parcel_id = c.parcel_id
        AND p.kind = c.kind
        AND p.judged_on + INTERVAL ($years) YEAR >= c.judged_on
        AND (p.judged_on < c.judged_on OR (p.judged_on = c.judged_on AND p.comp_id < c.comp_id))
    GROUP BY c.comp_id
)
SELECT
    'compensation' AS finding_kind,
    c.comp_id AS finding_id,
    c.village_id,
    c.org_id,
    strftime(c.judged_on, '%Y-%m') AS period,
    c.judged_on AS business_date,
    c.project_name,
    c.parcel_id,
    c.amount_fen,
    e.project_name AS earlier_project,
    e.judged_on AS earlier_date,
    e.amount_fen AS earlier_fen,
    p.earlier_count
FROM pair p
JOIN dated c ON c.comp_id = p.comp_id
JOIN dated e ON e.comp_id = p.earlier_comp_id
