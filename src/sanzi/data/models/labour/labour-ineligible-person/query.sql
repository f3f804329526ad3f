WITH dated AS (
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
    SELECT d.payment_id, d.payee_person_id AS person_id
    FROM dated d
    WHERE d.payee_person_id IS NOT NULL
    UNION
    SELECT d.payment_id, a.person_id
    FROM dated d
    JOIN stg_account a ON a.account_hash = d.payee_account_hash
    WHERE a.person_id IS NOT NULL
),
dead AS (
    -- Both registers are asked; the earlier day counts.
    SELECT n.person_id, n.name, LEAST(
        COALESCE(n.death_date, x.death_date), COALESCE(x.death_date, n.death_date)
    ) AS death_date
    FROM stg_person n
    LEFT JOIN stg_ext_death x ON x.id_no_hash = n.id_no_hash
    WHERE n.death_date IS NOT NULL OR x.death_date IS NOT NULL
),
hit AS (
    SELECT y.payment_id, MIN(x.death_date) AS death_date, MIN(x.name) AS person_name
    FROM payee y
    JOIN dated d ON d.payment_id = y.payment_id
    JOIN dead x ON x.person_id = y.person_id
    WHERE date_diff('day', x.death_date, CAST(d.business_at AS DATE)) > $grace_days
    GROUP BY y.payment_id
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
    h.person_name,
    h.death_date
FROM hit h
JOIN dated d ON d.payment_id = h.payment_id
