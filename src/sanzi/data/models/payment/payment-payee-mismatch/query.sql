WITH dated AS NOT MATERIALIZED (
    -- A request not handed in yet counts as handed in now.
    SELECT
        p.*,
        CASE WHEN p.status IN ('draft', 'returned') THEN $as_of
            ELSE COALESCE(p.submitted_at, p.created_at) END AS business_at
    FROM stg_payment p
    WHERE p.status NOT IN ('withdrawn', 'rejected')
),
holder AS (
    SELECT
        a.*,
        replace(translate(a.holder_name, '（）　', '()  '), ' ', '') AS plain_name
    FROM stg_account a
),
judged AS (
    SELECT
        d.payment_id,
        MIN(CASE
            WHEN h.person_id <> d.payee_person_id
                OR h.counterparty_id <> d.payee_counterparty_id
                OR h.org_id <> d.payee_org_id THEN 'owner'
            WHEN h.plain_name <> replace(translate(d.payee_name, '（）　', '()  '), ' ', '')
                THEN 'name'
        END) AS ground,
        MIN(h.holder_name) AS holder_name
    FROM dated d
    JOIN holder h ON h.account_hash = d.payee_account_hash
    GROUP BY d.payment_id
)
SELECT
    'payment' AS finding_kind,
    d.payment_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.business_at, '%Y-%m') AS period,
    CAST(d.business_at AS DATE) AS business_date,
    j.ground,
    d.line_no,
    d.amount_fen,
    d.payee_name,
    j.holder_name
FROM judged j
JOIN dated d ON d.payment_id = j.payment_id
WHERE j.ground IS NOT NULL
