SELECT
    COALESCE(o.village_id, o.division_code) AS village_id,
    o.name AS body,
    CASE a.kind
        WHEN 'basic' THEN '基本户'
        WHEN 'land_compensation' THEN '征地补偿专户'
        WHEN 'term' THEN '定期'
        ELSE '一般户'
    END AS kind_words,
    a.bank_code,
    a.opened_date,
    a.closed_date,
    a.decision_no,
    CASE WHEN a.is_registered THEN '登记' ELSE '没有登记' END AS registered,
    o.name || a.account_id AS sort
FROM stg_account a
JOIN stg_org o ON o.org_id = a.org_id
WHERE a.person_id IS NULL AND (a.opened_date IS NULL OR a.opened_date <= $last)
