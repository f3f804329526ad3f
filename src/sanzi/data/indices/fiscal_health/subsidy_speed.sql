SELECT
    a.village_id,
    'award' AS row_kind,
    a.award_id AS row_id,
    CASE
        WHEN date_diff('day', CAST(a.approved_at AS DATE), CAST(a.paid_at AS DATE)) <= 30
            AND a.paid_at <= $as_of
            THEN 1
        ELSE 0
    END AS part,
    1 AS whole
FROM stg_award a
WHERE CAST(a.approved_at AS DATE) >= $since
    AND a.approved_at <= $as_of
    -- What may still be paid in time is not counted yet.
    AND (
        a.paid_at <= $as_of
        OR date_diff('day', CAST(a.approved_at AS DATE), CAST($as_of AS DATE)) > 30
    )
