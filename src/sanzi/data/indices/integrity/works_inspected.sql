SELECT
    w.village_id,
    'works' AS row_kind,
    w.works_id AS row_id,
    CASE
        WHEN (
            SELECT COUNT(*)
            FROM stg_works_inspection i
            WHERE i.works_id = w.works_id AND i.inspected_at <= w.completed_at
        ) >= 2
            THEN 1
        ELSE 0
    END AS part,
    1 AS whole
FROM stg_works w
WHERE CAST(w.completed_at AS DATE) >= $since
    AND w.completed_at <= $as_of
