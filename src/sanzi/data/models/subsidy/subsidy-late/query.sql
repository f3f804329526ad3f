WITH unpaid AS (
    SELECT
        r.roster_id,
        r.village_id,
        r.org_id,
        r.period,
        r.approved_at,
        p.name AS program_name,
        p.pay_within_days,
        COUNT(*) AS line_count,
        CAST(SUM(a.amount_fen) AS BIGINT) AS amount_fen
    FROM stg_roster r
    JOIN stg_program p ON p.program_id = r.program_id
    JOIN stg_award a ON a.case_id = r.case_id
        AND a.status = 'approved'
        AND a.paid_at IS NULL
    GROUP BY r.roster_id, r.village_id, r.org_id, r.period, r.approved_at, p.name,
        p.pay_within_days
)
SELECT
    'roster' AS finding_kind,
    u.roster_id AS finding_id,
    u.village_id,
    u.org_id,
    SUBSTR(u.period || '-01', 1, 7) AS period,
    CAST(u.approved_at AS DATE) AS business_date,
    'unpaid' AS ground,
    u.program_name,
    u.period AS period_name,
    CAST(NULL AS VARCHAR) AS payee_name,
    date_diff('day', CAST(u.approved_at AS DATE), CAST($as_of AS DATE)) AS late_days,
    CAST(u.line_count AS BIGINT) AS line_count,
    u.amount_fen
FROM unpaid u
WHERE date_diff('day', CAST(u.approved_at AS DATE), CAST($as_of AS DATE)) > u.pay_within_days
UNION ALL
SELECT
    'payment' AS finding_kind,
    p.payment_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(p.returned_at, '%Y-%m') AS period,
    CAST(p.returned_at AS DATE) AS business_date,
    'failed' AS ground,
    CAST(NULL AS VARCHAR) AS program_name,
    CAST(NULL AS VARCHAR) AS period_name,
    p.payee_name,
    date_diff('day', CAST(p.returned_at AS DATE), CAST($as_of AS DATE)) AS late_days,
    CAST(NULL AS BIGINT) AS line_count,
    p.amount_fen
FROM stg_payment p
WHERE p.source_kind = 'subsidy'
    AND p.status IN ('bank_rejected', 'bank_returned')
    AND date_diff('day', CAST(p.returned_at AS DATE), CAST($as_of AS DATE)) > $retry_days
    AND NOT EXISTS (
        SELECT 1
        FROM stg_payment q
        WHERE q.source_id = p.source_id
            AND q.payee_person_id = p.payee_person_id
            AND q.status IN ('submitted', 'approved', 'dispatched', 'paid')
    )
