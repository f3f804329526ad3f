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
word AS (
    SELECT UNNEST($words) AS word
),
proof AS (
    -- A proof of a whole case stands for its first line.
    SELECT d.payment_id, i.amount_fen, i.item_text
    FROM stg_invoice i
    JOIN dated d ON d.payment_id = i.payment_id
    UNION ALL
    SELECT d.payment_id, i.amount_fen, i.item_text
    FROM stg_invoice i
    JOIN first_line f ON f.case_id = i.case_id
    JOIN dated d ON d.case_id = f.case_id AND d.line_no = f.line_no
    WHERE i.payment_id IS NULL
),
told AS (
    SELECT f.payment_id, MIN(w.word) AS word, MAX(f.amount_fen) AS amount_fen
    FROM proof f
    JOIN word w ON position(w.word IN f.item_text) > 0
    GROUP BY f.payment_id
),
judged AS (
    SELECT
        d.payment_id,
        COALESCE(t.word, '业务招待费') AS told_word,
        CASE WHEN t.word IS NULL THEN 'subject' ELSE 'text' END AS ground,
        COALESCE(t.amount_fen, d.amount_fen) AS amount_fen
    FROM dated d
    LEFT JOIN told t ON t.payment_id = d.payment_id
    WHERE t.word IS NOT NULL OR list_contains($reception_subjects, d.subject_code)
)
SELECT
    'payment' AS finding_kind,
    d.payment_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.business_at, '%Y-%m') AS period,
    CAST(d.business_at AS DATE) AS business_date,
    j.ground,
    d.line_no,
    j.amount_fen,
    j.told_word
FROM judged j
JOIN dated d ON d.payment_id = j.payment_id
WHERE j.amount_fen > $reception_cap_fen
    -- A meal at work, so many people at so much each, for whom the work was asked for.
    AND NOT EXISTS (
        SELECT 1
        FROM stg_labour_request q
        WHERE q.case_id = d.source_id
            AND q.is_emergency
            AND CAST(q.headcount_planned AS BIGINT) * $work_meal_fen >= j.amount_fen
    )
    -- Meals of a canteen for members, from the caterer that the village has a contract with.
    AND NOT (
        list_contains($canteen_subjects, d.subject_code)
        AND EXISTS (
            SELECT 1
            FROM stg_source_matter s
            WHERE s.source_id = d.source_id
                AND s.kind = 'contract'
                AND s.status IN ('approved', 'closed')
                AND s.counterparty_id = d.payee_counterparty_id
        )
    )
UNION ALL
SELECT
    'card_line' AS finding_kind,
    l.card_line_id AS finding_id,
    l.village_id,
    l.org_id,
    strftime(l.booked_at, '%Y-%m') AS period,
    CAST(l.booked_at AS DATE) AS business_date,
    'card' AS ground,
    NULL AS line_no,
    l.amount_fen,
    COALESCE(l.merchant_name, '未知商户') AS told_word
FROM stg_card_line l
WHERE l.kind = 'purchase'
    AND list_contains($reception_mcc, l.mcc)
    AND l.amount_fen > $reception_cap_fen
    AND l.borne_at IS NULL
