SELECT
    w.ext_id AS works_id,
    d.logged_at AS logged_at,
    d.kind AS kind,
    d.percent AS percent,
    d.words AS words,
    d.file_hash AS file_hash,
    d.taken_at AS taken_at,
    d.lat_micro AS lat_micro,
    d.lng_micro AS lng_micro
FROM works_diary d
JOIN works_works w ON w.id = d.works_id
