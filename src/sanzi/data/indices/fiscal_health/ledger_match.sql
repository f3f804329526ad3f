WITH entry AS (
    SELECT a.org_id, SUBSTR(a.subject_code, 1, 3) AS class_code, a.book_value_fen AS card_fen,
        0 AS book_fen, 0 AS is_booked
    FROM stg_asset a
    WHERE a.status NOT IN ('disposed', 'scrapped')
    UNION ALL
    SELECT l.org_id, SUBSTR(l.subject_code, 1, 3), 0, l.debit_fen - l.credit_fen, 1
    FROM stg_ledger_line l
    UNION ALL
    SELECT p.org_id, SUBSTR(p.subject_code, 1, 3), 0, p.debit_fen - p.credit_fen, 1
    FROM stg_opening_balance p
),
class AS (
    SELECT
        e.org_id,
        e.class_code,
        SUM(e.card_fen) AS card_fen,
        SUM(e.book_fen) AS book_fen,
        MAX(e.is_booked) AS is_booked
    FROM entry e
    WHERE list_contains(['131', '132', '134', '151', '161'], e.class_code)
    GROUP BY e.org_id, e.class_code
),
body AS (
    SELECT c.org_id, SUM(ABS(c.card_fen - c.book_fen)) AS gap_fen
    FROM class c
    GROUP BY c.org_id
    HAVING MAX(c.is_booked) = 1
)
SELECT
    o.village_id,
    'org' AS row_kind,
    b.org_id AS row_id,
    CASE WHEN b.gap_fen < 100 THEN 1 ELSE 0 END AS part,
    1 AS whole
FROM body b
JOIN stg_org o ON o.org_id = b.org_id
WHERE o.level = 'village'
