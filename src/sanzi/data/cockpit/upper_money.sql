WITH granted AS (
    SELECT
        t.allocation_id,
        t.village_id,
        t.amount_fen,
        t.passed_fen,
        t.issued_at,
        f.source_level,
        COALESCE(t.village_id, t.town_id) AS place,
        LEFT(CAST(t.issued_at AS VARCHAR), 7) AS month
    FROM stg_transfer t
    JOIN stg_fund f ON f.fund_code = t.fund_code
    WHERE CAST(t.issued_at AS DATE) >= $since AND t.issued_at <= $as_of
)
SELECT
    g.place AS village_id,
    'transfer' AS row_kind,
    g.allocation_id AS row_id,
    g.month,
    g.source_level || '>town' AS key,
    g.amount_fen AS part,
    1 AS whole
FROM granted g
UNION ALL
SELECT
    g.place AS village_id,
    'transfer' AS row_kind,
    g.allocation_id AS row_id,
    g.month,
    CASE WHEN g.village_id IS NULL THEN 'town>project' ELSE 'town>village' END AS key,
    COALESCE(g.passed_fen, 0) AS part,
    1 AS whole
FROM granted g
WHERE COALESCE(g.passed_fen, 0) > 0
UNION ALL
SELECT
    g.place AS village_id,
    'transfer' AS row_kind,
    g.allocation_id AS row_id,
    g.month,
    CASE
        WHEN CAST(g.issued_at AS DATE) + 30 < CAST($as_of AS DATE) THEN 'town>late'
        ELSE 'town>waiting'
    END AS key,
    g.amount_fen - COALESCE(g.passed_fen, 0) AS part,
    1 AS whole
FROM granted g
WHERE g.amount_fen > COALESCE(g.passed_fen, 0)
UNION ALL
SELECT
    p.village_id,
    'payment' AS row_kind,
    p.payment_id AS row_id,
    LEFT(CAST(p.paid_at AS VARCHAR), 7) AS month,
    CASE p.payee_kind
        WHEN 'person' THEN 'village>people'
        WHEN 'counterparty' THEN 'village>firms'
        ELSE 'village>bodies'
    END AS key,
    p.amount_fen AS part,
    1 AS whole
FROM stg_payment p
LEFT JOIN stg_works w ON w.works_id = p.source_id
WHERE COALESCE(p.fund_code, w.fund_code) IS NOT NULL
    AND p.status = 'paid'
    AND CAST(p.paid_at AS DATE) >= $since
    AND p.paid_at <= $as_of
