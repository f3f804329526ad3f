-- What villages paid out of earmarked money, or for works made with it, by who was paid.
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
