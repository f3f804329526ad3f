WITH shown AS (
    SELECT
        s.decision_id,
        s.step_no,
        s.step_kind AS ground,
        date_diff(
            'day', CAST(s.publicity_start_at AS DATE), CAST(s.publicity_end_at AS DATE)
        ) AS shown_days,
        CASE s.step_kind
            WHEN 'comment' THEN $comment_days
            WHEN 'resolution_notice' THEN $resolution_days
            WHEN 'result_notice' THEN $result_days
        END AS asked_days
    FROM stg_decision_step s
),
ranked AS (
    SELECT
        h.*,
        ROW_NUMBER() OVER (PARTITION BY h.decision_id ORDER BY h.step_no) AS place
    FROM shown h
    WHERE h.shown_days < h.asked_days
)
SELECT
    'decision' AS finding_kind,
    d.decision_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(COALESCE(d.passed_at, $as_of), '%Y-%m') AS period,
    CAST(COALESCE(d.passed_at, $as_of) AS DATE) AS business_date,
    r.ground,
    d.title,
    r.shown_days,
    r.asked_days
FROM ranked r
JOIN stg_decision d ON d.decision_id = r.decision_id
WHERE r.place = 1
UNION ALL
SELECT
    'asset_disposal' AS finding_kind,
    p.disposal_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(COALESCE(p.appraised_date, CAST($as_of AS DATE)), '%Y-%m') AS period,
    COALESCE(p.appraised_date, CAST($as_of AS DATE)) AS business_date,
    'appraisal' AS ground,
    a.name AS title,
    p.appraisal_publicity_days AS shown_days,
    $appraisal_days AS asked_days
FROM stg_asset_disposal p
JOIN stg_asset a ON a.asset_id = p.asset_id
WHERE p.status IN ('sold', 'executed', 'written_off')
    AND p.appraised_fen >= $appraisal_from
    AND p.appraisal_publicity_days < $appraisal_days
