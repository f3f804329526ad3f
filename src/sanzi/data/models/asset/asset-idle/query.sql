SELECT
    'asset' AS finding_kind,
    a.asset_id AS finding_id,
    a.village_id,
    a.org_id,
    strftime(a.status_since_date, '%Y-%m') AS period,
    a.status_since_date AS business_date,
    a.name AS asset_name,
    a.status_since_date,
    date_diff('day', a.status_since_date, CAST($as_of AS DATE)) AS idle_days,
    GREATEST(COALESCE(a.appraised_fen, 0), a.book_value_fen) AS worth_fen
FROM stg_asset a
WHERE a.is_operating
    AND a.status = 'idle'
    AND date_diff('day', a.status_since_date, CAST($as_of AS DATE)) > $days
    AND GREATEST(COALESCE(a.appraised_fen, 0), a.book_value_fen) >= $floor_fen
    AND NOT EXISTS (
        SELECT 1
        FROM stg_auction x
        WHERE x.asset_id = a.asset_id
            AND x.status <> 'failed'
            AND CAST(x.published_at AS DATE) >= a.status_since_date
    )
