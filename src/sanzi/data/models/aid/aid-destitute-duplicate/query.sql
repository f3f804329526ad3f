WITH both_ways AS (
    SELECT k.person_id, k.relative_person_id, k.is_statutory_kin FROM stg_kinship k
    UNION ALL
    SELECT k.relative_person_id, k.person_id, k.is_statutory_kin FROM stg_kinship k
),
cadre AS (
    SELECT t.person_id, t.village_id, t.start_date, t.end_date
    FROM stg_appointment t
    WHERE list_contains($cadre_roles, t.role_code)
),
near AS (
    SELECT c.* FROM cadre c
    UNION ALL
    SELECT b.relative_person_id, c.village_id, c.start_date, c.end_date
    FROM cadre c
    JOIN both_ways b ON b.person_id = c.person_id AND b.is_statutory_kin
),
granted AS (
    SELECT
        c.*,
        COALESCE(c.start_date, CAST(c.decided_at AS DATE), CAST(c.applied_at AS DATE)) AS from_date,
        ROW_NUMBER() OVER (ORDER BY c.applied_at, c.case_id) AS seq
    FROM stg_aid_case c
    WHERE c.status = 'approved' AND c.kind IN ('destitute', 'low_income')
),
twice AS (
    SELECT c.case_id
    FROM granted c
    JOIN granted b ON b.household_id = c.household_id
        AND b.kind <> c.kind
        AND b.seq < c.seq
        AND (b.end_date IS NULL OR b.end_date >= c.from_date)
        AND (c.end_date IS NULL OR c.end_date >= b.from_date)
    GROUP BY c.case_id
),
paid AS (
    SELECT
        c.case_id,
        p.payment_id,
        p.payee_name,
        c.kin_filed_at IS NULL AND EXISTS (
            SELECT 1
            FROM near r
            WHERE r.person_id = p.payee_person_id
                AND r.village_id = c.village_id
                AND r.start_date <= CAST(p.created_at AS DATE)
                AND (r.end_date IS NULL OR r.end_date >= CAST(p.created_at AS DATE))
        ) AS is_cadre,
        EXISTS (
            SELECT 1
            FROM stg_counterparty k
            JOIN stg_contract t ON t.counterparty_id = k.counterparty_id
                AND t.village_id = c.village_id
                AND t.status = 'approved'
            WHERE k.person_id = p.payee_person_id
        ) AS has_agreement
    FROM granted c
    JOIN stg_payment p ON p.source_id = NULLIF(c.matter_case_id, '')
        AND p.source_kind = 'aid'
        AND p.status IN ('submitted', 'approved', 'dispatched', 'paid')
    JOIN stg_person n ON n.person_id = p.payee_person_id
    WHERE c.kind = 'destitute' AND n.household_id IS DISTINCT FROM c.household_id
),
outside AS (
    SELECT
        p.case_id,
        CASE WHEN MAX(CASE WHEN p.is_cadre THEN 1 ELSE 0 END) = 1
            THEN 'cadre' ELSE 'payee' END AS ground,
        MIN(p.payee_name) AS payee_name,
        COUNT(*) AS paid_count
    FROM paid p
    WHERE p.is_cadre OR NOT p.has_agreement
    GROUP BY p.case_id
)
SELECT
    'aid_case' AS finding_kind,
    c.case_id AS finding_id,
    c.village_id,
    c.org_id,
    strftime(c.applied_at, '%Y-%m') AS period,
    CAST(c.applied_at AS DATE) AS business_date,
    COALESCE(o.ground, 'overlap') AS ground,
    n.name AS person_name,
    o.payee_name,
    CAST(o.paid_count AS BIGINT) AS paid_count
FROM granted c
LEFT JOIN twice w ON w.case_id = c.case_id
LEFT JOIN outside o ON o.case_id = c.case_id
LEFT JOIN stg_person n ON n.person_id = c.applicant_person_id
WHERE w.case_id IS NOT NULL OR o.case_id IS NOT NULL
