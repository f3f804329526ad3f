WITH dated AS (
    -- A request not handed in yet counts as handed in now.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
private AS (
    SELECT a.account_id, a.account_hash, a.person_id
    FROM stg_account a
    WHERE a.kind IN ('personal', 'one_card') OR a.person_id IS NOT NULL
),
judged AS (
    SELECT
        d.*,
        CASE
            WHEN d.payee_kind = 'org' AND EXISTS (
                SELECT 1 FROM private v WHERE v.account_hash = d.payee_account_hash
            ) THEN 'body_account'
            WHEN d.payee_kind = 'person' AND list_contains($money_subjects, d.subject_code)
                THEN 'moved'
        END AS ground
    FROM dated d
),
in_office AS (
    -- Who holds a post of the village, or of its township's agency, and since when.
    SELECT v.account_hash, t.person_id, t.start_date, t.end_date, o.division_code
    FROM private v
    JOIN stg_appointment t ON t.person_id = v.person_id
    JOIN stg_org o ON o.org_id = t.org_id
    WHERE list_contains($office_roles, t.role_code)
)
SELECT
    'payment' AS finding_kind,
    j.payment_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.business_at, '%Y-%m') AS period,
    CAST(j.business_at AS DATE) AS business_date,
    j.ground,
    j.line_no,
    j.amount_fen,
    j.payee_name AS told_name
FROM judged j
WHERE j.ground IS NOT NULL
UNION ALL
SELECT
    'receipt' AS finding_kind,
    r.receipt_id AS finding_id,
    r.village_id,
    r.org_id,
    strftime(r.issued_at, '%Y-%m') AS period,
    CAST(r.issued_at AS DATE) AS business_date,
    'income' AS ground,
    NULL AS line_no,
    r.amount_fen,
    r.payer_name AS told_name
FROM stg_receipt r
WHERE r.voided_at IS NULL
    AND EXISTS (SELECT 1 FROM private v WHERE v.account_id = r.account_id)
UNION ALL
SELECT
    'bank_txn' AS finding_kind,
    t.txn_id AS finding_id,
    o.village_id,
    o.org_id,
    strftime(t.booked_at, '%Y-%m') AS period,
    CAST(t.booked_at AS DATE) AS business_date,
    'outside' AS ground,
    NULL AS line_no,
    t.amount_fen,
    COALESCE(t.peer_name, '') AS told_name
FROM stg_bank_txn t
JOIN stg_account a ON a.account_id = t.account_id
JOIN stg_org o ON o.org_id = a.org_id
WHERE t.direction = 'out'
    AND t.payment_id IS NULL
    AND EXISTS (
        SELECT 1
        FROM in_office h
        WHERE h.account_hash = t.peer_account_hash
            AND h.start_date <= CAST(t.booked_at AS DATE)
            AND (h.end_date IS NULL OR h.end_date >= CAST(t.booked_at AS DATE))
            AND (h.division_code = o.village_id
                OR h.division_code = SUBSTR(o.village_id, 1, 9) || '000')
    )
