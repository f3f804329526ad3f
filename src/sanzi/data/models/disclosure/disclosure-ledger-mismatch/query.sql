WITH newest AS (
    SELECT
        d.*,
        ROW_NUMBER() OVER (
            PARTITION BY d.village_id, d.item_code, d.period, d.subject_kind, d.subject_id
            ORDER BY d.published_at DESC, d.disclosure_id DESC
        ) AS place
    FROM stg_disclosure d
    WHERE list_contains($payment_items, d.item_code)
),
paid AS (
    -- What a payment order paid, and what a village paid in a month.
    SELECT 'case' AS subject_kind, p.case_id AS subject_id, '' AS period, p.village_id,
        CASE WHEN p.status = 'paid' THEN p.amount_fen ELSE 0 END AS amount_fen
    FROM stg_payment p
    UNION ALL
    SELECT '', '', strftime(p.paid_at, '%Y-%m'), p.village_id, p.amount_fen
    FROM stg_payment p
    WHERE p.status = 'paid'
),
summed AS (
    SELECT p.subject_kind, p.subject_id, p.period, p.village_id,
        CAST(SUM(p.amount_fen) AS BIGINT) AS paid_fen
    FROM paid p
    GROUP BY p.subject_kind, p.subject_id, p.period, p.village_id
)
SELECT
    'disclosure' AS finding_kind,
    n.disclosure_id AS finding_id,
    n.village_id,
    n.org_id,
    COALESCE(n.period, strftime(n.published_at, '%Y-%m')) AS period,
    CAST(n.published_at AS DATE) AS business_date,
    n.title,
    n.total_fen,
    s.paid_fen
FROM newest n
JOIN summed s ON s.subject_id = COALESCE(n.subject_id, '')
    AND s.subject_kind = COALESCE(n.subject_kind, '')
    AND s.period = COALESCE(n.period, '')
    AND s.village_id = n.village_id
WHERE n.place = 1
    AND n.unpublished_at IS NULL
    AND ABS(n.total_fen - s.paid_fen) > $tolerance_fen
