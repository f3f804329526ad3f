SELECT
    f.ext_id AS photo_id,
    q.ext_id AS request_id,
    f.work_date AS work_date,
    f.phase AS phase,
    f.taken_at AS taken_at,
    f.lat_e6 AS lat,
    f.lng_e6 AS lng,
    f.file_digest AS file_hash,
    f.likeness AS perceptual_hash
FROM labour_labourphoto f
JOIN labour_labourrequest q ON q.id = f.request_id
