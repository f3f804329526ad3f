SELECT
    b.ext_id AS book_id,
    o.ext_id AS org_id,
    CASE o.kind
        WHEN 'enterprise' THEN 'enterprise'
        WHEN 'collective' THEN 'collective'
        ELSE 'village'
    END AS regime,
    p.period AS period,
    b.standard_code AS standard_code,
    p.closed_at AS closed_at,
    NULL AS reopened_at,
    NULL AS published_at
FROM ledger_period p
JOIN ledger_book b ON b.id = p.book_id
JOIN orgs_organisation o ON o.id = b.organisation_id
