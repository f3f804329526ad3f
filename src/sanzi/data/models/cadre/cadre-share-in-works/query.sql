WITH near AS (
    SELECT t.person_id, t.village_id, t.start_date, t.end_date
    FROM stg_appointment t
    WHERE list_contains($cadre_roles, t.role_code)
    UNION
    SELECT w.relative_person_id, t.village_id, t.start_date, t.end_date
    FROM stg_appointment t
    JOIN (
        SELECT k.person_id, k.relative_person_id, k.is_extended_kin FROM stg_kinship k
        UNION
        SELECT k.relative_person_id, k.person_id, k.is_extended_kin FROM stg_kinship k
    ) w ON w.person_id = t.person_id AND w.is_extended_kin
    WHERE list_contains($cadre_roles, t.role_code)
),
hand AS (
    SELECT b.bid_id, 'deposit' AS ground, a.person_id
    FROM stg_bid b
    JOIN stg_account a ON a.account_hash = b.deposit_account_hash
    UNION
    SELECT b.bid_id, 'manager', b.pm_person_id FROM stg_bid b
    UNION
    SELECT b.bid_id, 'manager', b.agent_person_id FROM stg_bid b
),
found AS (
    SELECT b.bid_id, MIN(h.ground) AS ground, MIN(h.person_id) AS person_id
    FROM stg_bid b
    JOIN stg_tender d ON d.tender_id = b.tender_id
    JOIN hand h ON h.bid_id = b.bid_id
    JOIN near n ON n.person_id = h.person_id
        AND n.village_id = d.village_id
        AND n.start_date <= CAST(b.submitted_at AS DATE)
        AND (n.end_date IS NULL OR n.end_date >= CAST(b.submitted_at AS DATE))
    WHERE b.is_winner
    GROUP BY b.bid_id
)
SELECT
    'bid' AS finding_kind,
    b.bid_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(b.submitted_at, '%Y-%m') AS period,
    CAST(b.submitted_at AS DATE) AS business_date,
    f.ground,
    k.name AS firm_name,
    d.title,
    n.name AS person_name
FROM found f
JOIN stg_bid b ON b.bid_id = f.bid_id
JOIN stg_tender d ON d.tender_id = b.tender_id
LEFT JOIN stg_counterparty k ON k.counterparty_id = b.counterparty_id
LEFT JOIN stg_person n ON n.person_id = f.person_id
