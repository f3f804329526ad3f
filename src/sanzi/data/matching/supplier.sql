SELECT
    'counterparty' AS row_kind,
    c.counterparty_id AS row_id,
    MIN(p.village_id) AS village_id,
    CASE WHEN c.kind = 'person' THEN c.person_id END AS person_id,
    CASE WHEN c.kind <> 'person' THEN c.uscc END AS plain
FROM stg_payment p
JOIN stg_counterparty c ON c.counterparty_id = p.payee_counterparty_id
WHERE p.status = 'paid'
    AND CAST(p.paid_at AS DATE) BETWEEN CAST($from_date AS DATE) AND CAST($until_date AS DATE)
GROUP BY c.counterparty_id, c.kind, c.person_id, c.uscc
