WITH moved AS (
    SELECT
        'voucher' AS source_table,
        v.voucher_id AS source_row,
        l.org_id,
        l.subject_code,
        COALESCE(l.counterparty_id, l.person_id, l.household_id, l.aux_org_id) AS partner_id,
        l.counterparty_id,
        v.voucher_date AS moved_on,
        l.debit_fen - l.credit_fen AS debit_fen
    FROM stg_ledger_line l
    JOIN stg_voucher v ON v.voucher_id = l.voucher_id
    UNION ALL
    SELECT
        'opening_balance' AS source_table,
        b.opening_balance_id AS source_row,
        b.org_id,
        b.subject_code,
        COALESCE(b.counterparty_id, b.person_id, b.household_id, b.aux_org_id) AS partner_id,
        b.counterparty_id,
        b.balance_date AS moved_on,
        b.debit_fen - b.credit_fen AS debit_fen
    FROM stg_opening_balance b
),
signed AS (
    -- What makes the balance of the account larger is positive.
    SELECT
        m.*,
        CASE WHEN list_contains($receivable_subjects, SUBSTR(m.subject_code, 1, 3))
            THEN 'receivable' ELSE 'payable' END AS ground,
        CASE WHEN list_contains($receivable_subjects, SUBSTR(m.subject_code, 1, 3))
            THEN m.debit_fen ELSE 0 - m.debit_fen END AS more_fen
    FROM moved m
    WHERE (list_contains($receivable_subjects, SUBSTR(m.subject_code, 1, 3))
            OR list_contains($payable_subjects, SUBSTR(m.subject_code, 1, 3)))
        AND m.partner_id IS NOT NULL
),
summed AS (
    -- Who pays, pays the oldest first: what is older and not paid since is aged.
    SELECT
        s.org_id,
        s.subject_code,
        s.partner_id,
        s.ground,
        MIN(s.counterparty_id) AS counterparty_id,
        MIN(s.moved_on) AS first_on,
        MIN(strftime(s.moved_on, '%Y-%m-%d') || s.source_table || ':' || s.source_row) AS first_key,
        SUM(s.more_fen) AS balance_fen,
        SUM(CASE
            WHEN s.more_fen < 0 THEN s.more_fen
            WHEN date_diff('day', s.moved_on, CAST($as_of AS DATE)) > $days THEN s.more_fen
            ELSE 0
        END) AS aged_fen
    FROM signed s
    GROUP BY s.org_id, s.subject_code, s.partner_id, s.ground
),
judged AS (
    SELECT
        a.*,
        CASE
            WHEN a.balance_fen < 0 AND NOT list_contains($two_way_subjects,
                SUBSTR(a.subject_code, 1, 3)) THEN 'negative'
            ELSE a.ground
        END AS told_ground,
        CASE WHEN a.balance_fen < 0 THEN a.balance_fen ELSE a.aged_fen END AS told_fen
    FROM summed a
    WHERE (a.balance_fen < 0
            AND NOT list_contains($two_way_subjects, SUBSTR(a.subject_code, 1, 3)))
        OR (a.aged_fen >= $floor_fen
            -- What is held under a contract that still runs is due at its end.
            AND NOT (a.ground = 'payable' AND EXISTS (
                SELECT 1
                FROM stg_contract c
                WHERE c.org_id = a.org_id
                    AND c.counterparty_id = a.counterparty_id
                    AND c.status = 'approved'
                    AND (c.end_date IS NULL OR c.end_date >= CAST($as_of AS DATE))
            )))
),
told AS (
    -- One row that began several of them is told of once.
    SELECT
        SUBSTR(k.first_key, 11) AS source_key,
        k.org_id,
        MIN(k.told_ground) AS ground,
        MIN(k.subject_code) AS subject_code,
        MIN(k.first_on) AS first_on,
        COUNT(*) AS partners,
        CAST(SUM(k.told_fen) AS BIGINT) AS amount_fen
    FROM judged k
    GROUP BY k.first_key, k.org_id
)
SELECT
    CASE split_part(t.source_key, ':', 1) WHEN 'voucher' THEN 'voucher'
        ELSE 'opening_balance' END AS finding_kind,
    SUBSTR(t.source_key, LENGTH(split_part(t.source_key, ':', 1)) + 2) AS finding_id,
    COALESCE(o.village_id, o.division_code) AS village_id,
    t.org_id,
    strftime(t.first_on, '%Y-%m') AS period,
    t.first_on AS business_date,
    t.ground,
    t.subject_code,
    t.first_on,
    t.partners,
    t.amount_fen
FROM told t
JOIN stg_org o ON o.org_id = t.org_id
