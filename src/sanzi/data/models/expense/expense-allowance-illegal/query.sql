WITH dated AS NOT MATERIALIZED (
    -- A request not handed in yet counts as handed in now.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
first_line AS (
    SELECT d.case_id, MIN(d.line_no) AS line_no FROM dated d GROUP BY d.case_id
),
bought AS (
    SELECT d.payment_id, i.item_text
    FROM stg_invoice i
    JOIN dated d ON d.payment_id = i.payment_id
    UNION ALL
    SELECT d.payment_id, i.item_text
    FROM stg_invoice i
    JOIN first_line f ON f.case_id = i.case_id
    JOIN dated d ON d.case_id = f.case_id AND d.line_no = f.line_no
    WHERE i.payment_id IS NULL
    UNION ALL
    SELECT d.payment_id, d.purpose AS item_text
    FROM dated d
),
gift AS (
    SELECT b.payment_id, MIN(w.word) AS word
    FROM bought b
    JOIN (SELECT UNNEST($gift_words) AS word) w ON position(w.word IN b.item_text) > 0
    GROUP BY b.payment_id
),
paid_for AS (
    SELECT d.payment_id, MIN(w.word) AS word
    FROM dated d
    JOIN (SELECT UNNEST($allowance_words) AS word) w ON position(w.word IN d.purpose) > 0
    GROUP BY d.payment_id
),
in_office AS (
    SELECT d.payment_id, MIN(t.role_code) AS role_code
    FROM dated d
    JOIN stg_appointment t ON t.person_id = d.payee_person_id
        AND t.start_date <= CAST(d.business_at AS DATE)
        AND (t.end_date IS NULL OR t.end_date >= CAST(d.business_at AS DATE))
    WHERE list_contains($cadre_roles, t.role_code)
    GROUP BY d.payment_id
),
judged AS (
    SELECT
        d.*,
        o.role_code,
        CASE WHEN g.word IS NOT NULL THEN 'gift' ELSE 'no_scheme' END AS ground,
        COALESCE(g.word, f.word, d.purpose) AS word
    FROM dated d
    LEFT JOIN gift g ON g.payment_id = d.payment_id
    LEFT JOIN paid_for f ON f.payment_id = d.payment_id
    LEFT JOIN in_office o ON o.payment_id = d.payment_id
    WHERE g.word IS NOT NULL
        OR (o.role_code IS NOT NULL
            AND (f.word IS NOT NULL OR list_contains($allowance_subjects, d.subject_code))
            -- What the pay scheme gives him: a line of an approved pay sheet.
            AND NOT EXISTS (
                SELECT 1
                FROM stg_pay y
                WHERE y.case_id = d.source_id
                    AND y.person_id = d.payee_person_id
                    AND y.status = 'approved'
                    AND list_contains($allowed_kinds, y.kind)
            )
            AND NOT EXISTS (
                SELECT 1
                FROM stg_source_matter s
                WHERE s.source_id = d.source_id
                    AND s.kind = 'pay'
                    AND s.status IN ('approved', 'closed')
            ))
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
    j.payee_name,
    j.role_code,
    j.word
FROM judged j
