WITH booked AS (
    SELECT l.org_id
    FROM stg_ledger_line l
    UNION
    SELECT p.org_id
    FROM stg_opening_balance p
),
entry AS (
    SELECT a.org_id, SUBSTR(a.subject_code, 1, 3) AS class_code, a.book_value_fen AS card_fen,
        0 AS book_fen
    FROM stg_asset a
    WHERE a.status NOT IN ('disposed', 'scrapped')
    UNION ALL
    SELECT l.org_id, SUBSTR(l.subject_code, 1, 3), 0, l.debit_fen - l.credit_fen
    FROM stg_ledger_line l
    UNION ALL
    SELECT p.org_id, SUBSTR(p.subject_code, 1, 3), 0, p.debit_fen - p.credit_fen
    FROM stg_opening_balance p
),
class AS (
    SELECT
        e.org_id,
        e.class_code,
        CAST(SUM(e.card_fen) AS BIGINT) AS card_fen,
        CAST(SUM(e.book_fen) AS BIGINT) AS book_fen
    FROM entry e
    WHERE list_contains($asset_subjects, e.class_code)
    GROUP BY e.org_id, e.class_code
),
gap AS (
    SELECT
        c.org_id,
        CAST(SUM(c.card_fen) AS BIGINT) AS card_fen,
        CAST(SUM(c.book_fen) AS BIGINT) AS book_fen
    FROM class c
    JOIN booked b ON b.org_id = c.org_id
    GROUP BY c.org_id
    HAVING SUM(ABS(c.card_fen - c.book_fen)) >= $tolerance_fen
)
SELECT
    'org' AS finding_kind,
    g.org_id AS finding_id,
    o.village_id,
    o.org_id,
    strftime(CAST($as_of AS DATE), '%Y-%m') AS period,
    CAST($as_of AS DATE) AS business_date,
    'gap' AS ground,
    o.name AS title,
    g.card_fen,
    g.book_fen,
    0 AS passed_days
FROM gap g
JOIN stg_org o ON o.org_id = g.org_id
UNION ALL
SELECT
    'works' AS finding_kind,
    w.works_id AS finding_id,
    w.village_id,
    w.org_id,
    strftime(w.accepted_at, '%Y-%m') AS period,
    CAST(w.accepted_at AS DATE) AS business_date,
    'works' AS ground,
    w.name AS title,
    0 AS card_fen,
    COALESCE(w.audited_fen, w.settlement_fen, w.estimate_fen) AS book_fen,
    date_diff('day', CAST(w.accepted_at AS DATE), CAST($as_of AS DATE)) AS passed_days
FROM stg_works w
WHERE date_diff('day', CAST(w.accepted_at AS DATE), CAST($as_of AS DATE)) > $days
    AND NOT EXISTS (
        SELECT 1
        FROM stg_asset a
        WHERE a.org_id = w.org_id
            AND (a.source_id IN (w.works_id, w.case_id) OR a.name = w.name)
    )
UNION ALL
SELECT
    'asset' AS finding_kind,
    a.asset_id AS finding_id,
    a.village_id,
    a.org_id,
    strftime(a.registered_at, '%Y-%m') AS period,
    CAST(a.registered_at AS DATE) AS business_date,
    'card' AS ground,
    a.name AS title,
    a.book_value_fen AS card_fen,
    0 AS book_fen,
    0 AS passed_days
FROM stg_asset a
WHERE a.category = 'fixed'
    AND a.status NOT IN ('disposed', 'scrapped')
    AND COALESCE(a.ledger_ref, a.subject_code) IS NULL
