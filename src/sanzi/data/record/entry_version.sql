SELECT
    a.ext_id AS entry_version_id,
    a.standard_code AS standard_code,
    a.rule_code AS rule_code,
    a.version AS version,
    CAST(a.content AS TEXT) AS content,
    a.reason AS reason,
    m.ext_id AS made_by_person_id,
    a.made_at AS made_at,
    k.ext_id AS approved_by_person_id,
    a.approved_at AS approved_at,
    a.refused_reason AS refused_reason,
    a.valid_from_date AS valid_from_date,
    a.valid_until_date AS valid_until_date
FROM ledger_entryversion a
LEFT JOIN orgs_person m ON m.id = a.made_by_id
LEFT JOIN orgs_person k ON k.id = a.approved_by_id
