SELECT
    a.village_id,
    'asset' AS row_kind,
    a.asset_id AS row_id,
    CASE
        WHEN a.status = 'idle' THEN GREATEST(COALESCE(a.appraised_fen, 0), a.book_value_fen)
        ELSE 0
    END AS part,
    GREATEST(COALESCE(a.appraised_fen, 0), a.book_value_fen) AS whole
FROM stg_asset a
WHERE a.is_operating
    AND a.status NOT IN ('disposed', 'scrapped')
    AND a.registered_at <= $as_of
