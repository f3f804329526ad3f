SELECT
    'seal_use' AS finding_kind,
    u.seal_use_id AS finding_id,
    u.village_id,
    s.org_id,
    strftime(u.stamped_at, '%Y-%m') AS period,
    CAST(u.stamped_at AS DATE) AS business_date,
    s.title AS seal,
    CAST(u.stamped_at AS DATE) AS stamped_day,
    u.copies_stamped
FROM stg_seal_use u
JOIN stg_seal s ON s.seal_id = u.seal_id
WHERE u.stamped_at IS NOT NULL
  AND (u.approved_at IS NULL OR u.stamped_at < u.approved_at)
