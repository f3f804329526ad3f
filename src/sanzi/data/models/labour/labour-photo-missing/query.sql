WITH site AS (
    SELECT f.*, q.village_id, q.org_id, q.place, q.lat AS place_lat, q.lng AS place_lng
    FROM stg_labour_photo f
    JOIN stg_labour_request q ON q.request_id = f.request_id
    WHERE f.phase <> 'checkin'
),
days AS (
    SELECT DISTINCT d.request_id, d.work_date FROM stg_labour_day d
),
shown AS (
    SELECT
        s.request_id,
        s.work_date,
        COUNT(*) AS photos,
        COUNT(DISTINCT CASE WHEN s.phase IN ('before', 'after') THEN s.phase END) AS phases
    FROM site s
    GROUP BY s.request_id, s.work_date
),
lacking AS (
    SELECT d.request_id, COUNT(*) AS day_count, MIN(d.work_date) AS first_day
    FROM days d
    LEFT JOIN shown s ON s.request_id = d.request_id AND s.work_date = d.work_date
    WHERE COALESCE(s.photos, 0) < $min_photos_day OR COALESCE(s.phases, 0) < 2
    GROUP BY d.request_id
),
places AS (
    SELECT unnest(range(1, 9)) AS band_no
),
bands AS (
    -- Two likenesses that differ in fewer bits than there are bands share one band whole.
    SELECT
        s.photo_id,
        p.band_no,
        SUBSTRING(s.perceptual_hash, 8 * p.band_no - 7, 8) AS band
    FROM site s
    CROSS JOIN places p
    WHERE s.perceptual_hash IS NOT NULL
),
met AS (
    SELECT DISTINCT a.photo_id, b.photo_id AS other_id
    FROM bands a
    JOIN bands b ON b.band_no = a.band_no AND b.band = a.band AND b.photo_id <> a.photo_id
),
pairs AS (
    SELECT
        m.photo_id,
        m.other_id,
        a.perceptual_hash AS mine,
        b.perceptual_hash AS other
    FROM met m
    JOIN site a ON a.photo_id = m.photo_id
    JOIN site b ON b.photo_id = m.other_id
    WHERE b.request_id <> a.request_id OR b.work_date <> a.work_date
),
figures AS (
    SELECT unnest(range(1, 65)) AS figure_no
),
differing AS (
    SELECT
        p.photo_id,
        p.other_id,
        SUM(CAST(SUBSTRING(
            '0112122312232334',
            xor(
                strpos('0123456789abcdef', SUBSTRING(p.mine, f.figure_no, 1)) - 1,
                strpos('0123456789abcdef', SUBSTRING(p.other, f.figure_no, 1)) - 1
            ) + 1,
            1
        ) AS BIGINT)) AS bits
    FROM pairs p
    CROSS JOIN figures f
    GROUP BY p.photo_id, p.other_id
),
doubted AS (
    SELECT DISTINCT s.request_id, s.photo_id, s.work_date, 'alike' AS ground
    FROM site s
    JOIN differing d ON d.photo_id = s.photo_id AND d.bits <= $max_distance
    UNION ALL
    SELECT s.request_id, s.photo_id, s.work_date, 'day' AS ground
    FROM site s
    WHERE s.taken_at IS NOT NULL AND CAST(s.taken_at AS DATE) <> s.work_date
    UNION ALL
    SELECT s.request_id, s.photo_id, s.work_date, 'far' AS ground
    FROM site s
    WHERE s.lat IS NOT NULL AND s.lng IS NOT NULL
        AND s.place_lat IS NOT NULL AND s.place_lng IS NOT NULL
        AND (s.lat - s.place_lat) * (s.lat - s.place_lat) * 0.01236
            + (s.lng - s.place_lng) * (s.lng - s.place_lng) * 0.01236
            * COS(RADIANS(s.place_lat * 0.000001)) * COS(RADIANS(s.place_lat * 0.000001))
            > $max_km * $max_km * 1000000
),
summed AS (
    SELECT
        d.request_id,
        CASE
            WHEN SUM(CASE WHEN d.ground = 'alike' THEN 1 ELSE 0 END) > 0 THEN 'alike'
            WHEN SUM(CASE WHEN d.ground = 'day' THEN 1 ELSE 0 END) > 0 THEN 'day'
            ELSE 'far'
        END AS ground,
        COUNT(DISTINCT d.photo_id) AS photo_count,
        MIN(d.work_date) AS first_day
    FROM doubted d
    GROUP BY d.request_id
)
SELECT
    'labour_request' AS finding_kind,
    q.request_id AS finding_id,
    q.village_id,
    q.org_id,
    strftime(COALESCE(s.first_day, l.first_day), '%Y-%m') AS period,
    COALESCE(s.first_day, l.first_day) AS business_date,
    COALESCE(s.ground, 'missing') AS ground,
    q.place,
    COALESCE(l.day_count, 0) AS day_count,
    COALESCE(s.photo_count, 0) AS photo_count
FROM stg_labour_request q
LEFT JOIN lacking l ON l.request_id = q.request_id
LEFT JOIN summed s ON s.request_id = q.request_id
WHERE l.request_id IS NOT NULL OR s.request_id IS NOT NULL
