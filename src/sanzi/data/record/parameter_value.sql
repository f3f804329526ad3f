SELECT
    v.model_code || ':' || v.name || ':' || v.division_code || ':' || CAST(v.valid_from_date AS TEXT) AS parameter_id,
    v.model_code AS model_code,
    v.name AS name,
    v.division_code AS area_code,
    v.valid_from_date AS valid_from_date,
    v.valid_until_date AS valid_until_date,
    CAST(v.value AS TEXT) AS value,
    v.source_ref AS source_ref,
    m.ext_id AS made_by_person_id,
    a.ext_id AS approved_by_person_id
FROM supervision_parameter v
JOIN orgs_person m ON m.id = v.made_by_id
JOIN orgs_person a ON a.id = v.approved_by_id
