WITH told AS (
    -- A page of a month tells of the village, whoever handed it in; any other of one matter.
    SELECT
        d.*,
        CASE WHEN d.period IS NULL THEN COALESCE(d.subject_kind, '') ELSE '' END AS about_kind,
        CASE WHEN d.period IS NULL THEN COALESCE(d.subject_id, '') ELSE '' END AS about_id
    FROM stg_disclosure d
    WHERE list_contains($payment_items, d.item_code)
),
newest AS (
    SELECT
        t.*,
        ROW_NUMBER() OVER (
            PARTITION BY t.village_id, t.item_code, t.period, t.about_kind, t.about_id
            ORDER BY t.published_at DESC, t.disclosure_id DESC
        ) AS place
    FROM told t
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
JOIN summed s ON s.subject_id = n.about_id
    AND s.subject_kind = n.about_kind
    AND s.period = COALESCE(n.period, '')
    AND s.village_id = n.village_id
WHERE n.place = 1
    AND n.unpublished_at IS NULL
    AND ABS(n.total_fen - s.paid_fen) > $tolerance_fen
