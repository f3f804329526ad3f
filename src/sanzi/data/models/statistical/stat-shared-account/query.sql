WITH several AS (
    -- An account that pays one alone is shared with nobody.
    SELECT p.payee_account_hash
    FROM stg_payment p
    GROUP BY p.payee_account_hash
    HAVING MIN(COALESCE(p.payee_counterparty_id, p.payee_person_id))
        <> MAX(COALESCE(p.payee_counterparty_id, p.payee_person_id))
),
paid AS (
    SELECT
        p.payment_id,
        p.village_id,
        p.org_id,
        p.payee_account_hash,
        COALESCE(p.payee_counterparty_id, p.payee_person_id) AS payee_id,
        CASE WHEN p.payee_counterparty_id IS NOT NULL THEN 1 ELSE 0 END AS is_firm,
        p.payee_name,
        p.amount_fen,
        CAST(p.paid_at AS DATE) AS paid_on,
        ROW_NUMBER() OVER (
            PARTITION BY p.payee_account_hash,
                COALESCE(p.payee_counterparty_id, p.payee_person_id)
            ORDER BY p.paid_at, p.payment_id
        ) = 1 AS is_first
    FROM stg_payment p
    JOIN several a ON a.payee_account_hash = p.payee_account_hash
    WHERE p.status = 'paid'
        AND COALESCE(p.payee_counterparty_id, p.payee_person_id) IS NOT NULL
),
payee AS (
    -- Who was paid through an account, by the first time.
    SELECT
        p.*,
        ROW_NUMBER() OVER (
            PARTITION BY p.payee_account_hash ORDER BY p.paid_on, p.payment_id
        ) AS place,
        COUNT(*) OVER (PARTITION BY p.payee_account_hash) AS crowd
    FROM paid p
    WHERE p.is_first
),
behind AS (
    SELECT n.person_id AS payee_id, n.person_id FROM stg_person n
    UNION
    SELECT c.counterparty_id, c.person_id FROM stg_counterparty c
    UNION
    SELECT c.counterparty_id, c.legal_rep_person_id FROM stg_counterparty c
    UNION
    SELECT w.counterparty_id, w.person_id FROM stg_counterparty_owner w
),
near AS (
    SELECT n.person_id, n.person_id AS near_id FROM stg_person n
    UNION
    SELECT n.person_id, m.person_id
    FROM stg_person n
    JOIN stg_person m ON m.household_id = n.household_id
    UNION
    SELECT k.person_id, k.relative_person_id FROM stg_kinship k
    UNION
    SELECT k.relative_person_id, k.person_id FROM stg_kinship k
),
stranger AS (
    -- Somebody on an account whom nothing ties to anybody before him.
    SELECT
        f.payment_id,
        ROW_NUMBER() OVER (PARTITION BY f.payee_account_hash ORDER BY f.place) AS turn
    FROM payee f
    JOIN payee g ON g.payee_account_hash = f.payee_account_hash AND g.place < f.place
    WHERE f.crowd <= $crowd_max
        AND NOT EXISTS (
            SELECT 1
            FROM payee e
            JOIN behind a ON a.payee_id = e.payee_id
            JOIN near n ON n.person_id = a.person_id
            JOIN behind b ON b.person_id = n.near_id
            WHERE e.payee_account_hash = f.payee_account_hash
                AND e.place < f.place
                AND b.payee_id = f.payee_id
        )
    GROUP BY f.payment_id, f.payee_account_hash, f.place
    -- Two villagers on one card are what the rule on shared accounts looks for.
    HAVING MAX(f.is_firm + g.is_firm) > 0
)
SELECT
    'payment' AS finding_kind,
    f.payment_id AS finding_id,
    MIN(f.village_id) AS village_id,
    MIN(f.org_id) AS org_id,
    strftime(MIN(f.paid_on), '%Y-%m') AS period,
    MIN(f.paid_on) AS business_date,
    MIN(f.payee_name) AS payee_name,
    MIN(f.amount_fen) AS amount_fen,
    COUNT(*) AS payees,
    COUNT(DISTINCT g.village_id) AS villages,
    CAST(SUM(g.amount_fen) AS BIGINT) AS sum_fen,
    array_to_string(list_sort(array_agg(
        strftime(g.paid_on, '%Y-%m-%d') || '|' || CASE WHEN g.is_firm = 1 THEN 'C' ELSE 'P' END
            || '|' || g.payee_id
    )), ';') AS series
FROM stranger s
JOIN payee f ON f.payment_id = s.payment_id
JOIN payee g ON g.payee_account_hash = f.payee_account_hash AND g.place <= f.place
WHERE s.turn = $strangers
GROUP BY f.payment_id
