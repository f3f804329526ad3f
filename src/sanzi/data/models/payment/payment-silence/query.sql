WITH over AS (
    SELECT
        r.round_id,
        r.village_id,
        r.org_id,
        r.purpose,
        r.closes_at,
        COUNT(c.confirmation_id) AS asked_count,
        COUNT(c.confirmation_id) FILTER (WHERE c.answer IS NULL) AS silent_count
    FROM stg_confirmation_round r
    JOIN stg_confirmation c ON c.round_id = r.round_id
    WHERE r.closes_at <= $as_of
    GROUP BY r.round_id, r.village_id, r.org_id, r.purpose, r.closes_at
),
usual AS (
    SELECT
        a.round_id,
        COALESCE(SUM(b.asked_count), 0) AS usual_asked,
        COALESCE(SUM(b.silent_count), 0) AS usual_silent
    FROM over a
    LEFT JOIN over b
        ON substr(b.village_id, 1, 6) = substr(a.village_id, 1, 6)
        AND b.round_id <> a.round_id
        AND b.closes_at <= a.closes_at
        AND date_diff('day', CAST(b.closes_at AS DATE), CAST(a.closes_at AS DATE)) <= $back_days
    GROUP BY a.round_id
)
SELECT
    'confirmation_round' AS finding_kind,
    a.round_id AS finding_id,
    a.village_id,
    a.org_id,
    strftime(a.closes_at, '%Y-%m') AS period,
    CAST(a.closes_at AS DATE) AS business_date,
    o.name AS body_name,
    a.purpose,
    a.asked_count,
    a.silent_count,
    u.usual_asked,
    u.usual_silent
FROM over a
JOIN usual u ON u.round_id = a.round_id
JOIN stg_org o ON o.org_id = a.org_id
WHERE a.silent_count >= $silent_least
    AND u.usual_asked >= $usual_least
    AND 100 * a.silent_count * u.usual_asked
        >= a.asked_count * (100 * u.usual_silent + $over_percent * u.usual_asked)
