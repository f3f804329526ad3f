WITH judged AS (
    SELECT
        u.*,
        CASE
            WHEN list_contains($blank_items, u.item_code) THEN 'blank'
            WHEN u.copies_stamped > 0 AND COALESCE(u.before_photo_hash, '') = '' THEN 'before'
            WHEN u.copies_stamped > 0 AND COALESCE(u.after_photo_hash, '') = '' THEN 'after'
            WHEN u.copies_stamped > 0 AND u.before_photo_hash = u.after_photo_hash THEN 'same'
        END AS ground,
        CAST(COALESCE(u.stamped_at, u.requested_at, $as_of) AS DATE) AS used_on
    FROM stg_seal_use u
    WHERE u.status <> 'ended'
)
SELECT
    'seal_use' AS finding_kind,
    j.seal_use_id AS finding_id,
    j.village_id,
    s.org_id,
    strftime(j.used_on, '%Y-%m') AS period,
    j.used_on AS business_date,
    j.ground,
    s.title AS seal,
    COALESCE(j.item_title, '没有写事项') AS item_title
FROM judged j
JOIN stg_seal s ON s.seal_id = j.seal_id
WHERE j.ground IS NOT NULL
