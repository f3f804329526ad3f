SELECT
    c.ext_id AS change_id,
    c.model_code AS model_code,
    c.name AS name,
    c.division_code AS area_code,
    c.valid_from_date AS valid_from_date,
    c.valid_until_date AS valid_until_date,
    CAST(c.value AS TEXT) AS value,
    CAST(c.old_value AS TEXT) AS old_value,
    c.reason AS reason,
    c.source_ref AS source_ref,
    c.state AS status,
    m.ext_id AS made_by_person_id,
    c.made_at AS made_at,
    d.ext_id AS decided_by_person_id,
    c.decided_at AS decided_at,
    c.decided_reason AS decided_reason
FROM supervision_parameterchange c
JOIN orgs_person m ON m.id = c.made_by_id
LEFT JOIN orgs_person d ON d.id = c.decided_by_id
