WITH behind AS (
    SELECT c.counterparty_id, c.person_id
    FROM stg_counterparty c
    UNION
    SELECT c.counterparty_id, c.legal_rep_person_id AS person_id
    FROM stg_counterparty c
    UNION
    SELECT o.counterparty_id, o.person_id
    FROM stg_counterparty_owner o
    WHERE o.kind <> 'shareholder' OR o.share_percent >= $share_min
),
kin AS (
    SELECT k.person_id, k.relative_person_id, k.is_statutory_kin, k.is_extended_kin
    FROM stg_kinship k
    UNION
    SELECT k.relative_person_id AS person_id, k.person_id AS relative_person_id,
        k.is_statutory_kin, k.is_extended_kin
    FROM stg_kinship k
),
tied AS (
    SELECT b.counterparty_id, b.person_id AS cadre_person_id, 'self' AS ground
    FROM behind b
    UNION ALL
    SELECT b.counterparty_id, k.relative_person_id AS cadre_person_id, 'kin' AS ground
    FROM behind b
    JOIN kin k ON k.person_id = b.person_id
    WHERE k.is_statutory_kin OR ($kin_degree = 'extended' AND k.is_extended_kin)
),
found AS (
    SELECT
        p.procurement_id,
        t.ground,
        t.cadre_person_id,
        a.role_code,
        ROW_NUMBER() OVER (
            PARTITION BY p.procurement_id
            ORDER BY t.ground DESC, t.cadre_person_id, a.role_code
        ) AS place
    FROM stg_procurement p
    JOIN tied t ON t.counterparty_id = p.counterparty_id
    JOIN stg_appointment a ON a.person_id = t.cadre_person_id
        AND a.village_id = p.village_id
        AND list_contains($cadre_roles, a.role_code)
        AND a.start_date <= CAST(COALESCE(p.ordered_at, $as_of) AS DATE)
        AND COALESCE(a.end_date >= CAST(COALESCE(p.ordered_at, $as_of) AS DATE), TRUE)
)
SELECT
    'procurement' AS finding_kind,
    p.procurement_id AS finding_id,
    p.village_id,
    p.org_id,
    strftime(COALESCE(p.ordered_at, p.submitted_at, $as_of), '%Y-%m') AS period,
    CAST(COALESCE(p.ordered_at, p.submitted_at, $as_of) AS DATE) AS business_date,
    f.ground,
    p.title,
    c.name AS seller_name,
    n.name AS person_name,
    f.role_code
FROM found f
JOIN stg_procurement p ON p.procurement_id = f.procurement_id
JOIN stg_counterparty c ON c.counterparty_id = p.counterparty_id
LEFT JOIN stg_person n ON n.person_id = f.cadre_person_id
WHERE f.place = 1
