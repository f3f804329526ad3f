SELECT
    v.ext_id AS voucher_id,
    b.ext_id AS book_id,
    o.ext_id AS org_id,
    v.period AS period,
    CASE v.word
        WHEN '收' THEN 'receipt'
        WHEN '付' THEN 'payment'
        WHEN '转' THEN 'transfer'
        ELSE 'general'
    END AS kind,
    v.number AS voucher_no,
    v.date AS voucher_date,
    v.posted_at AS posted_at,
    v.summary AS summary,
    w.ext_id AS reversed_voucher_id,
    v.source_kind AS source_kind,
    v.source_id AS source_id,
    lower(v.origin) AS entry_origin
FROM ledger_voucher v
JOIN ledger_book b ON b.id = v.book_id
JOIN orgs_organisation o ON o.id = b.organisation_id
LEFT JOIN ledger_voucher w ON w.id = v.reversal_of_id
