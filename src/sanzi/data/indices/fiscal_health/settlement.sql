SELECT
    w.village_id,
    'works' AS row_kind,
    w.works_id AS row_id,
    CASE
        WHEN date_diff('day', CAST(w.accepted_at AS DATE), CAST(w.settled_at AS DATE)) <= 60 THEN 1
        ELSE 0
    END AS part,
    1 AS whole
FROM stg_works w
WHERE CAST(w.accepted_at AS DATE) >= $since
    AND w.accepted_at <= $as_of
    -- What may still be settled in time is not counted yet.
    AND (
        w.settled_at <= $as_of
        OR date_diff('day', CAST(w.accepted_at AS DATE), CAST($as_of AS DATE)) > 60
    )
