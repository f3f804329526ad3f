SELECT
    w.village_id,
    'works' AS row_kind,
    w.works_id AS row_id,
    NULL AS month,
    CASE
        WHEN list_contains(['applied', 'approved', 'priced'], w.status) THEN 'preparing'
        WHEN list_contains(['awarded', 'contracted'], w.status) THEN 'awarded'
        ELSE w.status
    END AS key,
    1 AS part,
    1 AS whole
FROM stg_works w
WHERE w.status <> 'ended'
    AND (w.settled_at IS NULL OR CAST(w.settled_at AS DATE) >= $since)
