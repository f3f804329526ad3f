WITH lines AS (
    SELECT
        a.case_id,
        MIN(a.paid_at) AS paid_at,
        COUNT(*) AS line_count,
        CAST(SUM(a.amount_fen) AS BIGINT) AS amount_fen
    FROM stg_award a
    WHERE a.status <> 'removed'
    GROUP BY a.case_id
),
judged AS (
    SELECT
        r.*,
        p.name AS program_name,
        p.publicity_days,
        l.line_count,
        l.amount_fen,
        LEAST(COALESCE(r.approved_at, l.paid_at), COALESCE(l.paid_at, r.approved_at)) AS done_at,
        COALESCE(
            date_diff(
                'day',
                CAST(r.publicity_start_at AS DATE),
                CAST(
                    LEAST(
                        COALESCE(r.publicity_end_at, $as_of),
                        COALESCE(r.approved_at, $as_of),
                        COALESCE(l.paid_at, $as_of)
                    ) AS DATE
                )
            ),
            0
        ) AS shown_days
    FROM stg_roster r
    JOIN stg_program p ON p.program_id = r.program_id
    JOIN lines l ON l.case_id = r.case_id
)
SELECT
    'roster' AS finding_kind,
    j.roster_id AS finding_id,
    j.village_id,
    j.org_id,
    SUBSTR(j.period || '-01', 1, 7) AS period,
    CAST(j.done_at AS DATE) AS business_date,
    j.program_name,
    j.period AS period_name,
    CAST(j.shown_days AS BIGINT) AS shown_days,
    CAST(j.publicity_days AS BIGINT) AS due_days,
    CAST(j.line_count AS BIGINT) AS line_count,
    j.amount_fen
FROM judged j
WHERE j.done_at IS NOT NULL AND j.shown_days < j.publicity_days
