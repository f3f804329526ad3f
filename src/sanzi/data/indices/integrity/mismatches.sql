SELECT
    a.village_id,
    'alert' AS row_kind,
    a.alert_id AS row_id,
    1 AS part,
    1 AS whole
FROM stg_alert a
WHERE a.model_code = 'disclosure-ledger-mismatch'
    AND (a.conclusion IS NULL OR NOT list_contains(['false_positive', 'data_error'], a.conclusion))
    AND CAST(a.opened_at AS DATE) >= $since
    AND a.opened_at <= $as_of
