WITH live AS NOT MATERIALIZED (
    SELECT
        p.*,
        CAST(COALESCE(p.submitted_at, p.created_at) AS DATE) AS business_on
    FROM stg_payment p
    WHERE p.status IN ('submitted', 'approved', 'dispatched', 'paid')
),
first_line AS (
    SELECT d.case_id, MIN(d.line_no) AS line_no FROM live d GROUP BY d.case_id
),
told AS (
    SELECT d.payment_id, concat(i.item_text, i.seller_name) AS text
    FROM stg_invoice i
    JOIN live d ON d.payment_id = i.payment_id
    UNION ALL
    SELECT d.payment_id, concat(i.item_text, i.seller_name) AS text
    FROM stg_invoice i
    JOIN first_line f ON f.case_id = i.case_id
    JOIN live d ON d.case_id = f.case_id AND d.line_no = f.line_no
    WHERE i.payment_id IS NULL
    UNION ALL
    SELECT d.payment_id, d.payee_name AS text
    FROM live d
),
covered AS (
    SELECT d.payment_id, MIN(w.word) AS word
    FROM live d
    JOIN told t ON t.payment_id = d.payment_id
    JOIN (SELECT UNNEST($words) AS word) w ON position(w.word IN t.text) > 0
    WHERE list_contains($covering_subjects, d.subject_code)
    GROUP BY d.payment_id
),
yearly AS (
    SELECT
        d.org_id,
        d.village_id,
        year(d.business_on) AS spent_year,
        MAX(d.business_on) AS business_on,
        CAST(SUM(d.amount_fen) AS BIGINT) AS year_fen,
        CAST(SUM(CASE WHEN list_contains($other_subjects, d.subject_code)
            THEN d.amount_fen ELSE 0 END) AS BIGINT) AS other_fen
    FROM live d
    GROUP BY d.org_id, d.village_id, year(d.business_on)
)
SELECT
    'payment' AS finding_kind,
    d.payment_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.business_on, '%Y-%m') AS period,
    d.business_on AS business_date,
    'covered' AS ground,
    d.amount_fen,
    d.subject_code,
    c.word,
    NULL AS year_fen
FROM covered c
JOIN live d ON d.payment_id = c.payment_id
UNION ALL
SELECT
    'org' AS finding_kind,
    y.org_id AS finding_id,
    y.village_id,
    y.org_id,
    CAST(y.spent_year AS VARCHAR) AS period,
    y.business_on AS business_date,
    'share' AS ground,
    y.other_fen AS amount_fen,
    NULL AS subject_code,
    NULL AS word,
    y.year_fen
FROM yearly y
WHERE y.other_fen * 100 > y.year_fen * $other_share
