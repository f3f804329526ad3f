SELECT
    h.village_id,
    'handover' AS row_kind,
    h.handover_id AS row_id,
    CASE WHEN h.handed_over_at IS NOT NULL AND h.late_reason IS NULL THEN 1 ELSE 0 END AS part,
    1 AS whole
FROM stg_handover h
WHERE h.left_date >= $since
    AND h.left_date <= CAST($as_of AS DATE)
