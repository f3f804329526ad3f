SELECT
    i.ext_id AS inspection_id,
    w.ext_id AS works_id,
    i.role_code AS role_code,
    p.ext_id AS inspector_person_id,
    i.inspected_at AS inspected_at,
    i.stage AS stage,
    i.result AS result,
    i.severity AS severity,
    i.place AS place,
    i.words AS words,
    i.file_hash AS file_hash,
    i.taken_at AS taken_at,
    i.lat_micro AS lat_micro,
    i.lng_micro AS lng_micro
FROM works_inspection i
JOIN works_works w ON w.id = i.works_id
JOIN orgs_person p ON p.id = i.person_id
