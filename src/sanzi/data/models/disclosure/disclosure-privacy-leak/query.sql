WITH leaking AS (
    SELECT
        d.*,
        CASE
            WHEN position('id_number' IN d.leaks) > 0 THEN 'id_number'
            WHEN position('card' IN d.leaks) > 0 THEN 'card'
            WHEN position('phone' IN d.leaks) > 0 THEN 'phone'
        END AS ground
    FROM stg_disclosure d
    -- What is off the web leaks no more.
    WHERE d.unpublished_at IS NULL
)
SELECT
    'disclosure' AS finding_kind,
    l.disclosure_id AS finding_id,
    l.village_id,
    l.org_id,
    strftime(l.published_at, '%Y-%m') AS period,
    CAST(l.published_at AS DATE) AS business_date,
    l.ground,
    l.title,
    CAST(l.published_at AS DATE) AS published_on
FROM leaking l
WHERE l.ground IS NOT NULL
