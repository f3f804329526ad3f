WITH dated AS (
    SELECT
        p.*,
        CAST(COALESCE(p.submitted_at, p.created_at) AS DATE) AS business_day
    FROM stg_payment p
    WHERE p.status IN ('submitted', 'approved', 'dispatched', 'paid')
        AND list_contains($subjects, p.subject_code)
),
office AS (
    -- What a card of the body could have paid on that day.
    SELECT
        d.*,
        strftime(date_trunc('quarter', d.business_day), '%Y-%m') AS period
    FROM dated d
    WHERE EXISTS (
        SELECT 1
        FROM stg_card c
        WHERE c.org_id = d.org_id
            AND c.limit_fen >= d.amount_fen
            AND c.issued_date <= d.business_day
            AND (c.closed_date IS NULL OR c.closed_date >= d.business_day)
    )
),
takes_cards AS (
    SELECT DISTINCT l.merchant_name
    FROM stg_card_line l
    WHERE l.kind = 'purchase' AND l.merchant_name IS NOT NULL
),
bypassed AS (
    SELECT o.payment_id
    FROM office o
    JOIN stg_invoice i ON i.payment_id = o.payment_id
        OR (i.payment_id IS NULL AND i.case_id = o.case_id)
    JOIN takes_cards t ON t.merchant_name = i.seller_name
    WHERE o.payee_kind = 'person'
        AND o.method = 'transfer'
        AND (o.source_kind IS NULL OR o.source_kind <> 'card')
    GROUP BY o.payment_id
),
quarter AS (
    SELECT
        o.village_id,
        o.period,
        MIN(o.org_id) AS org_id,
        MAX(o.business_day) AS business_date,
        COUNT(*) AS office_count,
        COUNT(b.payment_id) AS person_count,
        SUM(CASE WHEN b.payment_id IS NULL THEN 0 ELSE o.amount_fen END) AS amount_fen
    FROM office o
    LEFT JOIN bypassed b ON b.payment_id = o.payment_id
    GROUP BY o.village_id, o.period
)
SELECT
    'village' AS finding_kind,
    q.village_id AS finding_id,
    q.village_id,
    q.org_id,
    q.period,
    q.business_date,
    q.person_count,
    q.office_count,
    q.amount_fen
FROM quarter q
WHERE q.person_count >= $least
    AND q.person_count * 100 > $max_share * q.office_count
