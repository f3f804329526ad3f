SELECT
    g.place AS village_id,
    'transfer' AS row_kind,
    g.allocation_id AS row_id,
    g.month,
    g.source_level || '>town' AS key,
    g.amount_fen AS part,
    1 AS whole
FROM granted_money g
UNION ALL
SELECT
    g.place AS village_id,
    'transfer' AS row_kind,
    g.allocation_id AS row_id,
    g.month,
    CASE WHEN g.village_id IS NULL THEN 'town>project' ELSE 'town>village' END AS key,
    g.passed_fen AS part,
    1 AS whole
FROM granted_money g
WHERE g.passed_fen > 0
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
    g.amount_fen - g.passed_fen AS part,
    1 AS whole
FROM granted_money g
WHERE g.amount_fen > g.passed_fen
UNION ALL
SELECT p.village_id, p.row_kind, p.row_id, p.month, p.key, p.part, p.whole
FROM fund_payments p
