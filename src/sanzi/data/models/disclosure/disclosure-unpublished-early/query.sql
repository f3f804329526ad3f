SELECT
    'disclosure' AS finding_kind,
    d.disclosure_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.published_at, '%Y-%m') AS period,
    CAST(d.unpublished_at AS DATE) AS business_date,
    d.title,
    CAST(d.published_at AS DATE) AS published_on,
    date_diff('day', CAST(d.published_at AS DATE), CAST(d.unpublished_at AS DATE)) AS shown_days,
    d.min_days
FROM stg_disclosure d
WHERE date_diff('day', CAST(d.published_at AS DATE), CAST(d.unpublished_at AS DATE)) < d.min_days
    AND NOT EXISTS (
        -- A corrected version starts the clock anew.
        SELECT 1
        FROM stg_disclosure e
        WHERE e.village_id = d.village_id
            AND e.item_code = d.item_code
            AND COALESCE(e.period, '') = COALESCE(d.period, '')
            AND COALESCE(e.subject_id, '') = COALESCE(d.subject_id, '')
            AND e.published_at > d.published_at
    )
    AND NOT EXISTS (
        -- So does one that names the version it replaces: a sheet written anew is a case of its own.
        SELECT 1
        FROM stg_disclosure r
        WHERE r.replaces_id = d.disclosure_id
    )
