WITH paid AS (
    SELECT
        p.village_id,
        p.org_id,
        p.amount_fen,
        CAST(p.paid_at AS DATE) AS paid_on,
        year(p.paid_at) AS paid_year
    FROM stg_payment p
    WHERE p.status = 'paid'
        AND NOT COALESCE(list_contains($passing_kinds, p.source_kind), FALSE)
        AND NOT list_contains($passing_subjects, p.subject_code)
),
summed AS (
    SELECT
        p.village_id,
        p.paid_year,
        MIN(p.org_id) AS org_id,
        MAX(p.paid_on) AS paid_on,
        CAST(SUM(p.amount_fen) AS BIGINT) AS year_fen,
        CAST(SUM(CASE
            WHEN date_diff('day', p.paid_on, make_date(p.paid_year, 12, 31)) < $days_n
                THEN p.amount_fen
            ELSE 0
        END) AS BIGINT) AS late_fen
    FROM paid p
    GROUP BY p.village_id, p.paid_year
)
SELECT
    'village' AS finding_kind,
    s.village_id AS finding_id,
    s.village_id,
    s.org_id,
    strftime(s.paid_on, '%Y') AS period,
    s.paid_on AS business_date,
    s.year_fen,
    s.late_fen
FROM summed s
WHERE s.late_fen > $floor_fen AND s.late_fen * 100 > s.year_fen * $max_share
