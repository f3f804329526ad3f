WITH dated AS NOT MATERIALIZED (
    -- A request not handed in yet counts as handed in now.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
allowed AS (
    SELECT f.fund_code, UNNEST(string_split(f.purpose_subjects, ' ')) AS subject_code
    FROM stg_fund f
),
compensation AS (
    SELECT UNNEST($compensation_subjects) AS subject_code
),
judged AS (
    SELECT d.payment_id, '1fund' AS ground, f.name AS fund_name
    FROM dated d
    JOIN stg_fund f ON f.fund_code = d.fund_code
    WHERE f.purpose_subjects IS NOT NULL
        AND NOT EXISTS (
            SELECT 1
            FROM allowed w
            WHERE w.fund_code = d.fund_code AND starts_with(d.subject_code, w.subject_code)
        )
    UNION ALL
    SELECT d.payment_id, '2land' AS ground, '土地补偿费专户' AS fund_name
    FROM dated d
    JOIN stg_account a ON a.account_id = d.debit_account_id
    WHERE a.kind = 'land_compensation'
        AND NOT EXISTS (
            SELECT 1 FROM compensation w WHERE starts_with(d.subject_code, w.subject_code)
        )
        -- What the members voted to build from it.
        AND NOT EXISTS (
            SELECT 1
            FROM stg_source_matter s
            WHERE s.source_id IN (d.source_id, d.contract_id)
                AND s.decision_id IS NOT NULL
                AND s.status IN ('approved', 'closed')
        )
        AND NOT EXISTS (
            SELECT 1 FROM stg_case k WHERE k.case_id = d.case_id AND k.decision_id IS NOT NULL
        )
),
one AS (
    SELECT j.payment_id, MIN(j.ground) AS ground FROM judged j GROUP BY j.payment_id
)
SELECT
    'payment' AS finding_kind,
    d.payment_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.business_at, '%Y-%m') AS period,
    CAST(d.business_at AS DATE) AS business_date,
    SUBSTR(o.ground, 2) AS ground,
    d.line_no,
    d.amount_fen,
    d.purpose,
    d.subject_code,
    j.fund_name
FROM one o
JOIN judged j ON j.payment_id = o.payment_id AND j.ground = o.ground
JOIN dated d ON d.payment_id = o.payment_id
