WITH dated AS NOT MATERIALIZED (
    -- A request not handed in yet counts as handed in now.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
judged AS (
    SELECT d.payment_id, '1account' AS ground, b.name AS other_name
    FROM dated d
    JOIN stg_account a ON a.account_id = d.debit_account_id
    JOIN stg_org b ON b.org_id = a.org_id
    WHERE b.org_id <> d.org_id
    UNION ALL
    SELECT d.payment_id, '2subject' AS ground, o.name AS other_name
    FROM dated d
    JOIN stg_org o ON o.org_id = d.org_id
    JOIN (SELECT UNNEST($committee_closed) AS subject_code) w
        ON starts_with(d.subject_code, w.subject_code)
    WHERE o.kind = 'village_committee'
    UNION ALL
    SELECT d.payment_id, '3transfer' AS ground, b.name AS other_name
    FROM dated d
    JOIN stg_org b ON b.org_id = d.payee_org_id
    WHERE b.village_id = d.village_id
        AND b.org_id <> d.org_id
        AND list_contains($body_kinds, b.kind)
        AND NOT EXISTS (
            SELECT 1 FROM stg_case k WHERE k.case_id = d.case_id AND k.decision_id IS NOT NULL
        )
        AND NOT EXISTS (
            SELECT 1
            FROM stg_source_matter s
            WHERE s.source_id IN (d.source_id, d.contract_id)
                AND s.decision_id IS NOT NULL
                AND s.status IN ('approved', 'closed')
        )
),
one AS (
    SELECT j.payment_id, MIN(j.ground || ':' || j.other_name) AS first_key
    FROM judged j
    GROUP BY j.payment_id
)
SELECT
    'payment' AS finding_kind,
    d.payment_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.business_at, '%Y-%m') AS period,
    CAST(d.business_at AS DATE) AS business_date,
    SUBSTR(split_part(e.first_key, ':', 1), 2) AS ground,
    d.line_no,
    d.amount_fen,
    d.subject_code,
    split_part(e.first_key, ':', 2) AS other_name
FROM one e
JOIN dated d ON d.payment_id = e.payment_id
