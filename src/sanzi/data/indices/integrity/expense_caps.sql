SELECT
    b.village_id,
    'budget' AS row_kind,
    b.budget_id AS row_id,
    (
        SELECT COALESCE(SUM(i.spent_fen), 0)
        FROM stg_budget_item i
        WHERE i.budget_id = b.budget_id AND i.is_nonproductive
    ) AS part,
    b.nonproductive_fen AS whole
FROM stg_budget b
WHERE b.status = 'approved'
    AND b.nonproductive_fen > 0
    AND b.year = EXTRACT(YEAR FROM $as_of)
