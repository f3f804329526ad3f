WITH owed AS (
    SELECT d.org_id, CAST(SUM(d.balance_fen) AS BIGINT) AS owed_fen
    FROM stg_debt d
    WHERE d.kind IN ('bank_loan', 'private_loan', 'payable')
        AND d.status IN ('asked', 'approved', 'standing')
    GROUP BY d.org_id
),
income AS (
    -- What came in by operating, last year.
    SELECT l.org_id, CAST(SUM(l.credit_fen - l.debit_fen) AS BIGINT) AS income_fen
    FROM stg_ledger_line l
    JOIN stg_voucher v ON v.voucher_id = l.voucher_id
    WHERE list_contains($income_subjects, SUBSTR(l.subject_code, 1, 3))
        AND v.entry_origin <> 'closing'
        AND EXTRACT(year FROM v.voucher_date) = EXTRACT(year FROM $as_of) - 1
    GROUP BY l.org_id
),
judged AS (
    SELECT
        d.*,
        w.owed_fen,
        i.income_fen,
        CAST(COALESCE(d.incurred_at, $as_of) AS DATE) AS incurred_on,
        CASE
            WHEN d.status = 'standing'
                AND (COALESCE(d.decision_id, '') = '' OR d.town_approved_at IS NULL)
                THEN 'unapproved'
            WHEN i.income_fen > 0
                AND CAST(w.owed_fen AS HUGEINT) * 100 > CAST(i.income_fen AS HUGEINT) * $ratio_warn
                THEN 'over'
        END AS ground
    FROM stg_debt d
    JOIN owed w ON w.org_id = d.org_id
    LEFT JOIN income i ON i.org_id = d.org_id
    WHERE d.kind IN ('bank_loan', 'private_loan')
        AND d.status IN ('asked', 'approved', 'standing')
        AND CAST(COALESCE(d.incurred_at, $as_of) AS DATE)
            >= CAST($as_of AS DATE) - CAST($new_days AS INTEGER)
)
SELECT
    'debt' AS finding_kind,
    j.debt_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.incurred_on, '%Y-%m') AS period,
    j.incurred_on AS business_date,
    j.ground,
    o.name AS body_name,
    j.principal_fen,
    j.owed_fen,
    j.income_fen
FROM judged j
JOIN stg_org o ON o.org_id = j.org_id
WHERE j.ground IS NOT NULL
