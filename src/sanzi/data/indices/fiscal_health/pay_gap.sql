SELECT
    p.town_id AS village_id,
    'town_project' AS row_kind,
    p.project_id AS row_id,
    CASE
        WHEN ABS(CAST(p.paid_fen AS HUGEINT) * 100
                - CAST(p.budget_fen AS HUGEINT) * p.progress_percent)
            <= CAST(p.budget_fen AS HUGEINT) * 30
            THEN 1
        ELSE 0
    END AS part,
    1 AS whole
FROM stg_town_project p
WHERE p.budget_fen > 0
    AND p.start_date <= CAST($as_of AS DATE)
    AND (p.end_date IS NULL OR p.end_date >= $since OR p.progress_percent < 100)
