SELECT
    r.village_id,
    r.row_kind,
    r.row_id,
    CASE WHEN r.key IN ('income.operating', 'income.investment') THEN r.part ELSE 0 END AS part,
    CASE WHEN LEFT(r.key, 8) = 'spending' THEN r.part ELSE 0 END AS whole
FROM income_spending r
WHERE r.month <= LEFT(CAST($as_of AS VARCHAR), 7)
