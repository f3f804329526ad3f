SELECT
    p.town_id AS village_id,
    'town_project' AS row_kind,
    p.project_id AS row_id,
    CASE WHEN p.payable_due_date < CAST($as_of AS DATE) THEN p.payable_fen ELSE 0 END AS part,
    p.payable_fen AS whole
FROM stg_town_project p
WHERE p.payable_fen > 0
UNION ALL
SELECT
    COALESCE(o.village_id, o.division_code) AS village_id,
    'debt' AS row_kind,
    d.debt_id AS row_id,
    CASE WHEN d.due_date < CAST($as_of AS DATE) THEN d.balance_fen ELSE 0 END AS part,
    d.balance_fen AS whole
FROM stg_debt d
JOIN stg_org o ON o.org_id = d.org_id
WHERE d.kind = 'payable'
    AND d.status = 'standing'
