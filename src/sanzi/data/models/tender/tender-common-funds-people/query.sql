WITH pair AS (
    SELECT
        a.tender_id,
        a.counterparty_id AS first_id,
        b.counterparty_id AS second_id,
        CASE
            WHEN a.deposit_account_hash = b.deposit_account_hash AND a.deposit_account_hash <> ''
                THEN 'deposit'
            WHEN a.contact_phone_hash = b.contact_phone_hash AND a.contact_phone_hash <> ''
                THEN 'contact'
            WHEN a.agent_person_id IN (b.agent_person_id, b.pm_person_id) AND a.agent_person_id <> ''
                THEN 'person'
            WHEN a.pm_person_id IN (b.agent_person_id, b.pm_person_id) AND a.pm_person_id <> ''
                THEN 'person'
        END AS ground
    FROM stg_bid a
    JOIN stg_bid b ON b.tender_id = a.tender_id AND b.counterparty_id > a.counterparty_id
),
ranked AS (
    SELECT
        p.*,
        ROW_NUMBER() OVER (PARTITION BY p.tender_id ORDER BY p.first_id, p.second_id) AS place,
        COUNT(*) OVER (PARTITION BY p.tender_id) AS pair_count
    FROM pair p
    WHERE p.ground IS NOT NULL
)
SELECT
    'tender' AS finding_kind,
    t.tender_id AS finding_id,
    t.village_id,
    t.org_id,
    strftime(COALESCE(t.bid_deadline_at, $as_of), '%Y-%m') AS period,
    CAST(COALESCE(t.bid_deadline_at, $as_of) AS DATE) AS business_date,
    r.ground,
    t.title,
    f.name AS first_name,
    s.name AS second_name,
    r.pair_count
FROM ranked r
JOIN stg_tender t ON t.tender_id = r.tender_id
LEFT JOIN stg_counterparty f ON f.counterparty_id = r.first_id
LEFT JOIN stg_counterparty s ON s.counterparty_id = r.second_id
WHERE r.place = 1
