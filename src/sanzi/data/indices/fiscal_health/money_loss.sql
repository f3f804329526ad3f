SELECT
    COALESCE(a.village_id, o.division_code) AS village_id,
    'alert' AS row_kind,
    a.alert_id AS row_id,
    1 AS part,
    1 AS whole
FROM stg_alert a
LEFT JOIN stg_org o ON o.org_id = a.org_id
WHERE a.conclusion = 'confirmed'
    AND a.state = 'disposed'
    AND a.involved_fen > 0
    AND CAST(a.disposed_at AS DATE) >= $since
    AND a.disposed_at <= $as_of
