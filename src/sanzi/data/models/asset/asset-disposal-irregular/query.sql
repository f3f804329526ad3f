WITH party AS (
    SELECT k.counterparty_id, k.person_id
    FROM stg_counterparty k
    UNION
    SELECT k.counterparty_id, k.legal_rep_person_id
    FROM stg_counterparty k
    UNION
    SELECT w.counterparty_id, w.person_id
    FROM stg_counterparty_owner w
),
done AS (
    SELECT
        d.*,
        CAST(d.executed_at AS DATE) AS executed_on,
        CAST(COALESCE(c.submitted_at, d.executed_at) AS DATE) AS asked_on,
        COALESCE(d.appraised_fen, c.amount_fen, d.floor_fen) >= $sale_floor_fen AS is_large,
        v.decision_id AS voted_id
    FROM stg_asset_disposal d
    LEFT JOIN stg_case c ON c.case_id = d.case_id
    LEFT JOIN stg_decision v ON v.decision_id = d.decision_id
        AND v.status = 'passed'
        AND v.agree_count * 3 >= v.eligible_count * 2
    WHERE d.executed_at IS NOT NULL
),
tied AS (
    -- Near kin may not buy at all, wider kin only in an open auction.
    SELECT d.disposal_id
    FROM done d
    JOIN party p ON p.counterparty_id = d.buyer_counterparty_id
    JOIN stg_appointment t ON t.village_id = d.village_id
        AND list_contains($cadre_roles, t.role_code)
        AND t.start_date <= d.executed_on
        AND (t.end_date IS NULL OR t.end_date >= d.executed_on)
    LEFT JOIN stg_kinship k ON k.person_id = t.person_id AND k.relative_person_id = p.person_id
    WHERE t.person_id = p.person_id
        OR k.is_statutory_kin
        OR (k.is_extended_kin AND d.tender_id IS NULL)
    GROUP BY d.disposal_id
),
judged AS (
    SELECT
        d.*,
        CASE
            WHEN d.is_large AND (d.appraised_fen IS NULL OR d.appraisal_agency_id IS NULL)
                THEN 'no_appraisal'
            WHEN d.is_large
                AND d.appraised_date + INTERVAL ($appraisal_valid_months) MONTH < d.asked_on
                THEN 'old_appraisal'
            WHEN d.is_large AND COALESCE(d.appraisal_publicity_days, 0) < $appraisal_publicity
                THEN 'publicity'
            WHEN d.is_large AND d.voted_id IS NULL THEN 'decision'
            WHEN d.price_fen < d.appraised_fen AND d.voted_id IS NULL THEN 'price'
            WHEN d.is_large AND d.method IN ('sale', 'transfer') AND d.tender_id IS NULL
                THEN 'no_sale'
            WHEN k.disposal_id IS NOT NULL THEN 'kin'
        END AS ground
    FROM done d
    LEFT JOIN tied k ON k.disposal_id = d.disposal_id
)
SELECT
    'asset_disposal' AS finding_kind,
    j.disposal_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.executed_on, '%Y-%m') AS period,
    j.executed_on AS business_date,
    j.ground,
    a.name AS asset_name,
    COALESCE(b.name, '没有买主') AS buyer_name,
    COALESCE(j.price_fen, 0) AS price_fen,
    COALESCE(j.appraised_fen, 0) AS appraised_fen,
    COALESCE(j.appraisal_publicity_days, 0) AS shown_days
FROM judged j
JOIN stg_asset a ON a.asset_id = j.asset_id
LEFT JOIN stg_counterparty b ON b.counterparty_id = j.buyer_counterparty_id
WHERE j.ground IS NOT NULL
