SELECT
    COALESCE(t.village_id, t.town_id) AS village_id,
    'transfer' AS row_kind,
    t.allocation_id AS row_id,
    CASE
        WHEN date_diff('day', CAST(t.town_received_at AS DATE), CAST(t.passed_on_at AS DATE)) <= 30
            AND t.passed_on_at <= $as_of
            THEN LEAST(COALESCE(t.passed_fen, 0), t.amount_fen)
        ELSE 0
    END AS part,
    t.amount_fen AS whole
FROM stg_transfer t
WHERE CAST(t.town_received_at AS DATE) >= $since
    AND t.town_received_at <= $as_of
    -- What may still be passed on in time is not counted yet.
    AND (
        t.passed_on_at <= $as_of
        OR date_diff('day', CAST(t.town_received_at AS DATE), CAST($as_of AS DATE)) > 30
    )
