SELECT
    'seal_use' AS finding_kind,
    u.seal_use_id AS finding_id,
    u.village_id,
    s.org_id,
    strftime(COALESCE(u.stamped_at, u.approved_at), '%Y-%m') AS period,
    CAST(COALESCE(u.stamped_at, u.approved_at) AS DATE) AS business_date,
    s.title AS seal,
    u.item_title,
    u.copies_approved,
    u.copies_stamped
FROM stg_seal_use u
JOIN stg_seal s ON s.seal_id = u.seal_id
WHERE u.approved_at IS NOT NULL
    AND u.copies_stamped > u.copies_approved + $tolerance
