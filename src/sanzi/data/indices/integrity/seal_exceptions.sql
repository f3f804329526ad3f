SELECT
    u.village_id,
    'seal_use' AS row_kind,
    u.seal_use_id AS row_id,
    CASE
        WHEN u.approved_at IS NULL
            OR u.stamped_at < u.approved_at
            OR u.copies_stamped > u.copies_approved
            THEN 1
        ELSE 0
    END AS part,
    1 AS whole
FROM stg_seal_use u
WHERE u.stamped_at IS NOT NULL
    AND CAST(u.stamped_at AS DATE) >= $since
    AND u.stamped_at <= $as_of
