WITH days AS (
    SELECT c.contract_id, CAST(c.sign_date + n.number AS DATE) AS day
    FROM stg_contract c
    CROSS JOIN (SELECT CAST(UNNEST(generate_series(1, 60)) AS INTEGER) AS number) n
    WHERE CAST(c.sign_date + n.number AS DATE) <= CAST($as_of AS DATE)
),
passed AS (
    -- Each day since it was signed; a day that the calendar lacks is worked on from Monday to
    -- Friday.
    SELECT
        d.contract_id,
        CAST(SUM(CASE WHEN COALESCE(k.is_workday, EXTRACT(ISODOW FROM d.day) < 6) THEN 1 ELSE 0 END)
            AS BIGINT) AS work_days
    FROM days d
    LEFT JOIN stg_calendar k ON k.day = d.day
    GROUP BY d.contract_id
)
SELECT
    'contract' AS finding_kind,
    c.contract_id AS finding_id,
    c.village_id,
    c.org_id,
    strftime(c.sign_date, '%Y-%m') AS period,
    c.sign_date AS business_date,
    'late' AS ground,
    c.title,
    c.sign_date AS on_day,
    p.work_days
FROM stg_contract c
JOIN passed p ON p.contract_id = c.contract_id
WHERE c.filed_at IS NULL
    AND NOT c.is_oral
    AND c.status <> 'revoked'
    AND p.work_days > $days
UNION ALL
SELECT
    'seal_use' AS finding_kind,
    u.seal_use_id AS finding_id,
    u.village_id,
    s.org_id,
    strftime(u.stamped_at, '%Y-%m') AS period,
    CAST(u.stamped_at AS DATE) AS business_date,
    'seal' AS ground,
    u.item_title AS title,
    CAST(u.stamped_at AS DATE) AS on_day,
    NULL AS work_days
FROM stg_seal_use u
JOIN stg_seal s ON s.seal_id = u.seal_id
LEFT JOIN stg_contract c ON c.contract_id = u.subject_id
WHERE u.subject_kind = 'contract' AND u.stamped_at IS NOT NULL AND c.contract_id IS NULL
UNION ALL
SELECT
    'payment' AS finding_kind,
    p.payment_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(p.created_at, '%Y-%m') AS period,
    CAST(p.created_at AS DATE) AS business_date,
    'payment' AS ground,
    p.purpose AS title,
    CAST(p.created_at AS DATE) AS on_day,
    NULL AS work_days
FROM stg_payment p
LEFT JOIN stg_source_matter m ON m.source_id = p.contract_id
WHERE p.contract_id IS NOT NULL
    AND p.line_no = 1
    AND p.status NOT IN ('draft', 'withdrawn', 'rejected')
    AND m.source_id IS NULL
