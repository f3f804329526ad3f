SELECT
    p.town_id AS village_id,
    'town_project' AS row_kind,
    p.project_id AS row_id,
    CASE
        WHEN p.qr_code IS NOT NULL
            AND date_diff('day', CAST(p.info_updated_at AS DATE), CAST($as_of AS DATE)) <= 30
            THEN 1
        ELSE 0
    END AS part,
    1 AS whole
FROM stg_town_project p
WHERE p.start_date <= CAST($as_of AS DATE) AND p.progress_percent < 100
UNION ALL
SELECT
    w.village_id,
    'works' AS row_kind,
    w.works_id AS row_id,
    CASE
        WHEN date_diff('day', CAST(w.qr_updated_at AS DATE), CAST($as_of AS DATE)) <= 30 THEN 1
        ELSE 0
    END AS part,
    1 AS whole
FROM stg_works w
WHERE w.started_at <= $as_of
    AND (w.completed_at IS NULL OR w.completed_at > $as_of)
    AND w.status <> 'ended'
