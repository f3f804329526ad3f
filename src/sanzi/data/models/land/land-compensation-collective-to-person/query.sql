SELECT
    'compensation' AS finding_kind,
    c.comp_id AS finding_id,
    c.village_id,
    t.org_id,
    strftime(COALESCE(t.submitted_at, $as_of), '%Y-%m') AS period,
    CAST(COALESCE(t.submitted_at, $as_of) AS DATE) AS business_date,
    CASE WHEN c.owner_kind = 'collective' THEN 'line' ELSE 'parcel' END AS ground,
    n.name AS person_name,
    c.project_name,
    COALESCE(c.parcel_id, '没有写') AS parcel_id,
    c.amount_fen
FROM stg_compensation c
JOIN stg_land_taking t ON t.taking_id = c.taking_id AND t.status <> 'ended'
JOIN stg_person n ON n.person_id = c.person_id
LEFT JOIN stg_land_right r ON r.parcel_id = c.parcel_id
WHERE c.owner_kind = 'collective'
    OR (r.holder_kind = 'collective' AND NOT list_contains($tenant_kinds, c.kind))
