WITH near AS (
    SELECT t.appointment_id, t.person_id, t.village_id, t.start_date, t.end_date
    FROM stg_appointment t
    WHERE list_contains($cadre_roles, t.role_code)
    UNION ALL
    SELECT t.appointment_id, w.relative_person_id, t.village_id, t.start_date, t.end_date
    FROM stg_appointment t
    JOIN (
        SELECT k.person_id, k.relative_person_id, k.is_extended_kin FROM stg_kinship k
        UNION
        SELECT k.relative_person_id, k.person_id, k.is_extended_kin FROM stg_kinship k
    ) w ON w.person_id = t.person_id AND w.is_extended_kin
    WHERE list_contains($cadre_roles, t.role_code)
),
behind AS (
    SELECT c.counterparty_id, c.person_id FROM stg_counterparty c
    UNION
    SELECT c.counterparty_id, c.legal_rep_person_id FROM stg_counterparty c
    UNION
    SELECT o.counterparty_id, o.person_id FROM stg_counterparty_owner o
),
hand AS (
    -- A firm with those of office, or their kin, who stand behind it.
    SELECT DISTINCT b.counterparty_id, n.appointment_id, n.village_id, n.start_date, n.end_date
    FROM behind b
    JOIN near n ON n.person_id = b.person_id
),
touched AS (
    SELECT p.payment_id, n.appointment_id
    FROM stg_payment p
    JOIN near n ON n.person_id = p.payee_person_id
        AND n.village_id = p.village_id
        AND n.start_date <= CAST(COALESCE(p.paid_at, p.submitted_at, p.created_at) AS DATE)
        AND (n.end_date IS NULL
            OR n.end_date >= CAST(COALESCE(p.paid_at, p.submitted_at, p.created_at) AS DATE))
    UNION ALL
    SELECT p.payment_id, h.appointment_id
    FROM stg_payment p
    JOIN hand h ON h.counterparty_id = p.payee_counterparty_id
        AND h.village_id = p.village_id
        AND h.start_date <= CAST(COALESCE(p.paid_at, p.submitted_at, p.created_at) AS DATE)
        AND (h.end_date IS NULL
            OR h.end_date >= CAST(COALESCE(p.paid_at, p.submitted_at, p.created_at) AS DATE))
),
flagged AS (
    SELECT t.payment_id, MIN(t.appointment_id) AS appointment_id
    FROM touched t
    GROUP BY t.payment_id
),
spent AS (
    SELECT
        p.payment_id, p.village_id, p.org_id, p.amount_fen, p.payee_name, f.appointment_id,
        CAST(COALESCE(p.paid_at, p.submitted_at, p.created_at) AS DATE) AS day
    FROM flagged f
    JOIN stg_payment p ON p.payment_id = f.payment_id
    LEFT JOIN stg_contract t ON t.contract_id = p.contract_id AND t.kind = 'land'
    WHERE p.status IN ('submitted', 'approved', 'dispatched', 'paid')
        AND t.contract_id IS NULL
        -- A purchase or works that stands in its register is judged there.
        AND (list_contains($source_kinds, COALESCE(p.source_kind, 'other'))
            OR (p.source_kind = 'procurement' AND NOT EXISTS (
                SELECT 1 FROM stg_procurement g WHERE g.case_id = p.source_id
            ))
            OR (p.source_kind = 'works' AND NOT EXISTS (
                SELECT 1 FROM stg_works g WHERE g.case_id = p.source_id OR g.works_id = p.source_id
            )))
),
yearly AS (
    SELECT
        s.appointment_id,
        s.village_id,
        strftime(s.day, '%Y') AS year_name,
        MIN(s.org_id) AS org_id,
        MIN(s.payee_name) AS party_name,
        MAX(s.day) AS day,
        COUNT(*) AS line_count,
        CAST(SUM(s.amount_fen) AS BIGINT) AS amount_fen
    FROM spent s
    GROUP BY s.appointment_id, s.village_id, strftime(s.day, '%Y')
),
signed AS (
    SELECT t.contract_id, MIN(n.appointment_id) AS appointment_id
    FROM stg_contract t
    JOIN behind b ON b.counterparty_id = t.counterparty_id
    JOIN near n ON n.person_id = b.person_id
        AND n.village_id = t.village_id
        AND n.start_date <= t.sign_date
        AND (n.end_date IS NULL OR n.end_date >= t.sign_date)
    WHERE list_contains($contract_kinds, t.kind) AND t.amount_fen >= $floor_fen
    GROUP BY t.contract_id
)
SELECT
    'appointment' AS finding_kind,
    y.appointment_id AS finding_id,
    y.village_id,
    y.org_id,
    y.year_name AS period,
    y.day AS business_date,
    'payment' AS ground,
    n.name AS cadre_name,
    y.party_name,
    y.year_name,
    CAST(y.line_count AS BIGINT) AS line_count,
    y.amount_fen
FROM yearly y
JOIN stg_appointment a ON a.appointment_id = y.appointment_id
LEFT JOIN stg_person n ON n.person_id = a.person_id
WHERE y.amount_fen >= $floor_fen
UNION ALL
SELECT
    'contract' AS finding_kind,
    t.contract_id AS finding_id,
    t.village_id,
    t.org_id,
    strftime(t.sign_date, '%Y-%m') AS period,
    t.sign_date AS business_date,
    'contract' AS ground,
    n.name AS cadre_name,
    k.name AS party_name,
    strftime(t.sign_date, '%Y') AS year_name,
    CAST(NULL AS BIGINT) AS line_count,
    t.amount_fen
FROM signed s
JOIN stg_contract t ON t.contract_id = s.contract_id
LEFT JOIN stg_counterparty k ON k.counterparty_id = t.counterparty_id
JOIN stg_appointment a ON a.appointment_id = s.appointment_id
LEFT JOIN stg_person n ON n.person_id = a.person_id
