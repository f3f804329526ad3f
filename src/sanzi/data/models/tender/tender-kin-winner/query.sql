WITH won AS (
    SELECT
        t.tender_id,
        t.village_id,
        t.org_id,
        t.title,
        CAST(COALESCE(t.bid_deadline_at, t.published_at, $as_of) AS DATE) AS bid_on,
        b.counterparty_id,
        b.pm_person_id
    FROM stg_tender t
    JOIN stg_bid b ON b.tender_id = t.tender_id AND b.is_winner
),
behind AS (
    -- Who gets the work: the winner himself, who leads or owns the firm, who runs the site.
    SELECT w.tender_id, c.person_id
    FROM won w
    JOIN stg_counterparty c ON c.counterparty_id = w.counterparty_id
    UNION
    SELECT w.tender_id, c.legal_rep_person_id AS person_id
    FROM won w
    JOIN stg_counterparty c ON c.counterparty_id = w.counterparty_id
    UNION
    SELECT w.tender_id, o.person_id
    FROM won w
    JOIN stg_counterparty_owner o ON o.counterparty_id = w.counterparty_id
    WHERE o.kind IN ('controller', 'manager') OR o.share_percent >= $share_min
    UNION
    SELECT w.tender_id, w.pm_person_id AS person_id
    FROM won w
),
cadre AS (
    SELECT w.tender_id, a.person_id, MIN(a.role_code) AS role_code
    FROM won w
    JOIN stg_appointment a ON a.village_id = w.village_id
        AND a.start_date <= w.bid_on
        AND (a.end_date IS NULL OR a.end_date + CAST($cooling_days AS INTEGER) >= w.bid_on)
        AND list_contains($cadre_roles, a.role_code)
    GROUP BY w.tender_id, a.person_id
),
near AS (
    SELECT c.tender_id, c.person_id, c.person_id AS cadre_id, c.role_code, 'cadre' AS ground
    FROM cadre c
    UNION
    SELECT c.tender_id, k.relative_person_id AS person_id, c.person_id AS cadre_id, c.role_code,
        'kin' AS ground
    FROM cadre c
    JOIN stg_kinship k ON k.person_id = c.person_id AND k.is_statutory_kin
    UNION
    SELECT c.tender_id, k.person_id, c.person_id AS cadre_id, c.role_code, 'kin' AS ground
    FROM cadre c
    JOIN stg_kinship k ON k.relative_person_id = c.person_id AND k.is_statutory_kin
),
ranked AS (
    SELECT
        n.*,
        ROW_NUMBER() OVER (
            PARTITION BY n.tender_id ORDER BY n.ground, n.person_id, n.cadre_id
        ) AS place
    FROM near n
    JOIN behind b ON b.tender_id = n.tender_id AND b.person_id = n.person_id
)
SELECT
    'tender' AS finding_kind,
    w.tender_id AS finding_id,
    w.village_id,
    w.org_id,
    strftime(w.bid_on, '%Y-%m') AS period,
    w.bid_on AS business_date,
    r.ground,
    w.title,
    f.name AS firm_name,
    p.name AS person_name,
    q.name AS cadre_name,
    r.role_code
FROM ranked r
JOIN won w ON w.tender_id = r.tender_id
LEFT JOIN stg_counterparty f ON f.counterparty_id = w.counterparty_id
LEFT JOIN stg_person p ON p.person_id = r.person_id
LEFT JOIN stg_person q ON q.person_id = r.cadre_id
WHERE r.place = 1
