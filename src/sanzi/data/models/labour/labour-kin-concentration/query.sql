WITH paid AS (
    SELECT
        q.village_id,
        q.org_id,
        d.person_id,
        d.work_date,
        d.amount_fen,
        strftime(date_trunc('quarter', d.work_date), '%Y-%m') AS quarter_from,
        EXISTS (
            SELECT 1
            FROM stg_kinship k
            JOIN stg_appointment t ON t.person_id = k.person_id
                AND t.start_date <= d.work_date
                AND (t.end_date IS NULL OR t.end_date >= d.work_date)
                AND list_contains($cadre_roles, t.role_code)
            JOIN stg_org o ON o.org_id = t.org_id
                AND (o.village_id = q.village_id OR o.division_code = q.village_id)
            WHERE k.relative_person_id = d.person_id AND k.is_statutory_kin
        ) AS is_kin
    FROM stg_labour_day d
    JOIN stg_labour_request q ON q.request_id = d.request_id
),
summed AS (
    SELECT
        p.village_id,
        p.quarter_from,
        MIN(p.org_id) AS org_id,
        MAX(p.work_date) AS last_day,
        CAST(SUM(p.amount_fen) AS BIGINT) AS total_fen,
        CAST(SUM(CASE WHEN p.is_kin THEN p.amount_fen ELSE 0 END) AS BIGINT) AS kin_fen,
        COUNT(DISTINCT CASE WHEN p.is_kin THEN p.person_id END) AS kin_count
    FROM paid p
    GROUP BY p.village_id, p.quarter_from
)
SELECT
    'division' AS finding_kind,
    s.village_id AS finding_id,
    s.village_id,
    s.org_id,
    s.quarter_from AS period,
    s.last_day AS business_date,
    s.total_fen,
    s.kin_fen,
    s.kin_count
FROM summed s
WHERE s.total_fen >= $min_total AND s.kin_fen * 100 > s.total_fen * $max_share
