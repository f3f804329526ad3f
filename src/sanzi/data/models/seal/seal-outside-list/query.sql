SELECT
    'seal_use' AS finding_kind,
    u.seal_use_id AS finding_id,
    u.village_id,
    s.org_id,
    strftime(COALESCE(u.requested_at, u.stamped_at, $as_of), '%Y-%m') AS period,
    CAST(COALESCE(u.requested_at, u.stamped_at, $as_of) AS DATE) AS business_date,
    s.title AS seal,
    u.item_title
FROM stg_seal_use u
JOIN stg_seal s ON s.seal_id = u.seal_id
WHERE u.status NOT IN ('unapproved', 'ended')
    AND (NOT u.is_listed_item
        OR NOT list_contains($listed, s.kind || ':' || COALESCE(u.item_code, '')))
