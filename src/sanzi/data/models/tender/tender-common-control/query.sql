WITH behind AS (
    -- Who stands behind a firm: itself, its legal representative, who holds enough of it.
    SELECT c.counterparty_id, c.person_id
    FROM stg_counterparty c
    WHERE c.person_id <> ''
    UNION
    SELECT c.counterparty_id, c.legal_rep_person_id AS person_id
    FROM stg_counterparty c
    WHERE c.legal_rep_person_id <> ''
    UNION
    SELECT w.counterparty_id, w.person_id
    FROM stg_counterparty_owner w
    WHERE w.kind = 'controller' OR w.share_percent >= $share_min
),
pair AS (
    SELECT a.tender_id, a.counterparty_id AS first_id, b.counterparty_id AS second_id, x.person_id
    FROM stg_bid a
    JOIN stg_bid b ON b.tender_id = a.tender_id AND b.counterparty_id > a.counterparty_id
    JOIN behind x ON x.counterparty_id = a.counterparty_id
    JOIN behind y ON y.counterparty_id = b.counterparty_id AND y.person_id = x.person_id
),
ranked AS (
    SELECT
        p.*,
        ROW_NUMBER() OVER (
            PARTITION BY p.tender_id ORDER BY p.first_id, p.second_id, p.person_id
        ) AS place
    FROM pair p
)
SELECT
    'tender' AS finding_kind,
    t.tender_id AS finding_id,
    t.village_id,
    t.org_id,
    strftime(COALESCE(t.bid_deadline_at, $as_of), '%Y-%m') AS period,
    CAST(COALESCE(t.bid_deadline_at, $as_of) AS DATE) AS business_date,
    t.title,
    f.name AS first_name,
    s.name AS second_name,
    n.name AS person_name
FROM ranked r
JOIN stg_tender t ON t.tender_id = r.tender_id
LEFT JOIN stg_counterparty f ON f.counterparty_id = r.first_id
LEFT JOIN stg_counterparty s ON s.counterparty_id = r.second_id
LEFT JOIN stg_person n ON n.person_id = r.person_id
WHERE r.place = 1
