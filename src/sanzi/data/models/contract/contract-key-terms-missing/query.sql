WITH billed AS (
    SELECT DISTINCT b.lease_id
    FROM stg_rent_bill b
),
undated AS (
    -- Rent without days on which it is due.
    SELECT DISTINCT l.contract_id
    FROM stg_lease l
    LEFT JOIN billed b ON b.lease_id = l.lease_id
    WHERE b.lease_id IS NULL
),
judged AS (
    SELECT
        c.contract_id,
        c.village_id,
        c.org_id,
        c.title,
        c.sign_date,
        CONCAT_WS(
            '、',
            CASE WHEN NOT c.has_price_clause THEN '价款' END,
            CASE WHEN NOT c.has_term_clause
                OR (c.end_date IS NULL AND list_contains($term_kinds, c.kind)) THEN '期限' END,
            CASE WHEN NOT c.has_settlement_clause THEN '结算方式' END,
            CASE WHEN NOT c.has_breach_clause THEN '违约责任' END,
            CASE WHEN c.counterparty_id IS NULL AND s.person_id IS NULL THEN '对方是谁' END,
            CASE WHEN c.filed_at IS NOT NULL AND c.doc_hash IS NULL THEN '原件' END,
            CASE WHEN u.contract_id IS NOT NULL THEN '交租的日子' END
        ) AS lacking
    FROM stg_contract c
    -- Who signs for himself stands among the source matters.
    LEFT JOIN stg_source_matter s ON s.source_id = c.contract_id
    LEFT JOIN undated u ON u.contract_id = c.contract_id
    WHERE NOT c.is_oral AND c.sign_date IS NOT NULL AND c.status IN ('proposed', 'approved')
)
SELECT
    'contract' AS finding_kind,
    j.contract_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.sign_date, '%Y-%m') AS period,
    j.sign_date AS business_date,
    j.title,
    j.lacking
FROM judged j
WHERE LENGTH(j.lacking) > 0
