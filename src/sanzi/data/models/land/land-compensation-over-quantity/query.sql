WITH line AS (
    SELECT
        c.*,
        t.org_id,
        CAST(COALESCE(s.surveyed_at, t.submitted_at, $as_of) AS DATE) AS judged_on,
        CAST(c.quantity * 100 AS BIGINT) AS quantity_centi,
        CAST(r.area_mu * 100 AS BIGINT) AS area_centi,
        CAST(SUM(CASE WHEN c.kind = 'land' THEN c.quantity * 100 ELSE 0 END)
            OVER (PARTITION BY c.taking_id, c.parcel_id) AS BIGINT) AS land_centi
    FROM stg_compensation c
    JOIN stg_land_taking t ON t.taking_id = c.taking_id AND t.status <> 'ended'
    LEFT JOIN stg_survey s ON s.survey_id = c.survey_id
    LEFT JOIN stg_land_right r ON r.parcel_id = c.parcel_id
),
priced AS (
    SELECT
        i.*,
        k.price_fen,
        CAST(k.density_max_per_mu AS BIGINT) AS per_mu,
        CASE
            WHEN i.kind = 'land' AND i.land_centi * 100 > i.area_centi * (100 + $tolerance)
                THEN 'area'
            WHEN i.quantity_centi * 100
                > i.area_centi * CAST(k.density_max_per_mu AS BIGINT) * (100 + $tolerance)
                THEN 'density'
            WHEN i.unit_price_fen * 100 > k.price_fen * (100 + $tolerance) THEN 'price'
        END AS ground
    FROM line i
    LEFT JOIN stg_price_book k ON k.item_code = i.kind
        AND k.unit = i.unit
        AND k.valid_from_date <= i.judged_on
        AND (k.valid_until_date IS NULL OR k.valid_until_date >= i.judged_on)
        AND (k.area_code IS NULL
            OR strpos(i.village_id, CASE WHEN SUBSTR(k.area_code, 7, 6) = '000000'
                THEN SUBSTR(k.area_code, 1, 6) WHEN SUBSTR(k.area_code, 10, 3) = '000'
                THEN SUBSTR(k.area_code, 1, 9) ELSE k.area_code END) = 1)
),
worst AS (
    SELECT
        p.comp_id,
        MIN(p.ground) AS ground,
        MIN(p.price_fen) AS price_fen,
        MIN(p.per_mu) AS per_mu
    FROM priced p
    WHERE p.ground IS NOT NULL
    GROUP BY p.comp_id
)
SELECT
    'compensation' AS finding_kind,
    i.comp_id AS finding_id,
    i.village_id,
    i.org_id,
    strftime(i.judged_on, '%Y-%m') AS period,
    i.judged_on AS business_date,
    w.ground,
    COALESCE(n.name, '集体') AS owner_name,
    i.project_name,
    COALESCE(i.parcel_id, '没有写') AS parcel_id,
    RTRIM(RTRIM(CAST(CAST(CASE WHEN w.ground = 'area' THEN i.land_centi ELSE i.quantity_centi END
        AS DECIMAL(18, 2)) * 0.01 AS VARCHAR), '0'), '.') AS quantity_text,
    RTRIM(RTRIM(CAST(CAST(i.area_centi AS DECIMAL(18, 2)) * 0.01 AS VARCHAR), '0'), '.')
        AS area_text,
    i.unit,
    i.unit_price_fen,
    w.price_fen,
    w.per_mu
FROM worst w
JOIN line i ON i.comp_id = w.comp_id
LEFT JOIN stg_person n ON n.person_id = i.person_id
