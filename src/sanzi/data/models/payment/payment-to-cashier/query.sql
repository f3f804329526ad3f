WITH dated AS NOT MATERIALIZED (
    -- A request not handed in yet counts as handed in now; what others only draft is no history.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at,
        p.status IN ('submitted', 'approved', 'dispatched', 'paid') AS is_live
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
payee AS (
    -- The person named, and the person whose account it is.
    SELECT d.payment_id, d.payee_person_id AS person_id
    FROM dated d
    WHERE d.payee_person_id IS NOT NULL
    UNION
    SELECT d.payment_id, a.person_id
    FROM dated d
    JOIN stg_account a ON a.account_hash = d.payee_account_hash
    WHERE a.person_id IS NOT NULL
),
keeper AS (
    -- Money keepers of this village or of the agency of its town, on the day of the request.
    SELECT d.payment_id, MIN(y.person_id) AS person_id, MIN(t.role_code) AS role_code
    FROM dated d
    JOIN payee y ON y.payment_id = d.payment_id
    JOIN stg_appointment t ON t.person_id = y.person_id
    JOIN stg_org o ON o.org_id = t.org_id
    WHERE list_contains($keeper_roles, t.role_code)
        AND t.start_date <= CAST(d.business_at AS DATE)
        AND (t.end_date IS NULL OR t.end_date >= CAST(d.business_at AS DATE))
        AND (o.division_code = d.village_id
            OR o.division_code = SUBSTR(d.village_id, 1, 9) || '000')
        AND NOT EXISTS (
            -- The voted pay of the post, to the fen.
            SELECT 1
            FROM stg_source_matter s
            WHERE s.source_id = d.source_id
                AND d.source_kind = $excepted_source_kind
                AND s.kind = $excepted_source_kind
                AND s.status IN ('approved', 'closed')
                AND s.amount_fen = d.amount_fen
                AND (s.person_id IS NULL OR s.person_id = y.person_id)
        )
    GROUP BY d.payment_id
)
SELECT
    'payment' AS finding_kind,
    d.payment_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.business_at, '%Y-%m') AS period,
    CAST(d.business_at AS DATE) AS business_date,
    d.line_no,
    d.amount_fen,
    d.payee_name,
    k.person_id,
    n.name AS keeper_name,
    k.role_code
FROM keeper k
JOIN dated d ON d.payment_id = k.payment_id
LEFT JOIN stg_person n ON n.person_id = k.person_id
