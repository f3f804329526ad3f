WITH asked AS (
    SELECT
        t.*,
        CASE
            WHEN t.subject_kind = 'works' AND t.limit_price_fen >= $statutory_works
                THEN $notice_statutory
            WHEN t.subject_kind = 'procurement' AND t.limit_price_fen >= $statutory_goods
                THEN $notice_statutory
            WHEN list_contains($noticed_methods, t.method) THEN $notice_small
            ELSE 0
        END AS notice_days,
        date_diff(
            'day',
            CAST(t.result_published_at AS DATE),
            LEAST(t.result_publicity_end_date, CAST(t.award_notice_at AS DATE))
        ) AS shown_days
    FROM stg_tender t
    WHERE t.method <> 'auction'
        AND t.status <> 'failed'
),
judged AS (
    SELECT
        a.*,
        date_diff('hour', a.published_at, a.bid_deadline_at) AS notice_hours,
        CASE
            WHEN a.bid_deadline_at < a.published_at + to_days(CAST(a.notice_days AS INTEGER))
                THEN 'notice'
            WHEN a.shown_days < $result_min THEN 'result'
        END AS ground
    FROM asked a
)
SELECT
    'tender' AS finding_kind,
    j.tender_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(COALESCE(j.published_at, $as_of), '%Y-%m') AS period,
    CAST(COALESCE(j.published_at, $as_of) AS DATE) AS business_date,
    j.ground,
    j.title,
    j.notice_hours,
    j.notice_days,
    j.shown_days
FROM judged j
WHERE j.ground IS NOT NULL
