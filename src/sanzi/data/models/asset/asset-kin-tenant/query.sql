WITH party AS (
    -- Who rents and who is found in the thing, with the people behind them.
    SELECT l.lease_id, k.counterparty_id, k.person_id
    FROM stg_lease l
    JOIN stg_counterparty k
        ON k.counterparty_id IN (l.tenant_counterparty_id, l.actual_user_counterparty_id)
    UNION
    SELECT l.lease_id, k.counterparty_id, k.legal_rep_person_id
    FROM stg_lease l
    JOIN stg_counterparty k
        ON k.counterparty_id IN (l.tenant_counterparty_id, l.actual_user_counterparty_id)
    UNION
    SELECT l.lease_id, w.counterparty_id, w.person_id
    FROM stg_lease l
    JOIN stg_counterparty_owner w
        ON w.counterparty_id IN (l.tenant_counterparty_id, l.actual_user_counterparty_id)
),
cadre AS (
    SELECT l.lease_id, t.person_id, t.role_code
    FROM stg_lease l
    JOIN stg_appointment t ON t.village_id = l.village_id
        AND list_contains($cadre_roles, t.role_code)
        AND t.start_date <= CAST(l.signed_at AS DATE)
        AND (t.end_date IS NULL OR t.end_date >= CAST(l.signed_at AS DATE))
),
tie AS (
    SELECT p.lease_id, p.counterparty_id, c.person_id AS cadre_person_id, c.role_code
    FROM party p
    JOIN cadre c ON c.lease_id = p.lease_id AND c.person_id = p.person_id
    UNION
    SELECT p.lease_id, p.counterparty_id, c.person_id, c.role_code
    FROM party p
    JOIN cadre c ON c.lease_id = p.lease_id
    JOIN stg_kinship k ON k.person_id = c.person_id AND k.relative_person_id = p.person_id
    WHERE CASE $kin_degree
        WHEN 'statutory' THEN k.is_statutory_kin
        ELSE k.is_statutory_kin OR k.is_extended_kin
    END
),
tied AS (
    SELECT
        t.lease_id,
        MIN(t.counterparty_id) AS counterparty_id,
        MIN(t.cadre_person_id) AS cadre_person_id,
        MIN(t.role_code) AS role_code
    FROM tie t
    GROUP BY t.lease_id
),
bidder AS (
    SELECT b.auction_id AS tender_id, b.counterparty_id
    FROM stg_auction_bidder b
    UNION
    SELECT b.tender_id, b.counterparty_id
    FROM stg_bid b
),
bidders AS (
    SELECT b.tender_id, COUNT(*) AS bidder_count
    FROM bidder b
    GROUP BY b.tender_id
),
judged AS (
    SELECT
        l.*,
        d.counterparty_id AS tied_id,
        d.cadre_person_id,
        d.role_code,
        COALESCE(b.bidder_count, 0) AS bidder_count,
        CASE
            WHEN l.tender_id IS NULL THEN 'no_auction'
            WHEN COALESCE(b.bidder_count, 0) < $min_bidders THEN 'few'
            WHEN l.rent_fen_year < l.reserve_rent_fen_year THEN 'cheap'
        END AS ground
    FROM stg_lease l
    JOIN tied d ON d.lease_id = l.lease_id
    LEFT JOIN bidders b ON b.tender_id = l.tender_id
    WHERE l.returned_at IS NULL
)
SELECT
    'lease' AS finding_kind,
    j.lease_id AS finding_id,
    j.village_id,
    a.org_id,
    strftime(j.start_date, '%Y-%m') AS period,
    CAST(j.signed_at AS DATE) AS business_date,
    j.ground,
    a.name AS asset_name,
    t.name AS tenant_name,
    n.name AS cadre_name,
    j.role_code,
    j.bidder_count,
    j.rent_fen_year
FROM judged j
JOIN stg_asset a ON a.asset_id = j.asset_id
JOIN stg_counterparty t ON t.counterparty_id = j.tied_id
LEFT JOIN stg_person n ON n.person_id = j.cadre_person_id
WHERE j.ground IS NOT NULL
