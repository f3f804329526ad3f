SELECT
    t.village_id,
    'person' AS row_kind,
    t.person_id AS row_id,
    MAX(
        CASE
            WHEN EXISTS (SELECT 1 FROM stg_kinship k WHERE k.person_id = t.person_id) THEN 1
            ELSE 0
        END
    ) AS part,
    1 AS whole
FROM stg_appointment t
WHERE list_contains(
        ['village_secretary', 'committee_head', 'cashier_reporter', 'committee_member',
            'supervision_head', 'coop_director'],
        t.role_code
    )
    AND t.village_id IS NOT NULL
    AND t.start_date <= CAST($as_of AS DATE)
    AND (t.end_date IS NULL OR t.end_date >= CAST($as_of AS DATE))
GROUP BY t.village_id, t.person_id
