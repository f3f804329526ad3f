SELECT
    'deposit' AS finding_kind,
    d.deposit_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.start_date, '%Y-%m') AS period,
    d.start_date AS business_date,
    o.name AS body_name,
    d.principal_fen,
    d.maturity_date
FROM stg_deposit d
JOIN stg_org o ON o.org_id = d.org_id
WHERE d.withdrawn_at IS NULL
    AND COALESCE(d.tender_id, '') = ''
    AND d.principal_fen >= $floor_fen
