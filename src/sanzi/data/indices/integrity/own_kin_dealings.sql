WITH agreed AS (
    SELECT DISTINCT
        a.subject_id AS case_id,
        a.actor_person_id
    FROM stg_approval a
    WHERE a.subject_kind = 'case'
        AND a.action = 'approve'
        AND a.actor_person_id IS NOT NULL
)
SELECT
    p.village_id,
    a.actor_person_id AS person_id,
    'payment' AS row_kind,
    p.payment_id AS row_id,
    CASE
        WHEN EXISTS (
            SELECT 1
            FROM stg_kinship k
            WHERE k.person_id = a.actor_person_id
                AND k.relative_person_id = p.payee_person_id
                AND k.is_statutory_kin
        )
            THEN 1
        ELSE 0
    END AS part,
    1 AS whole
FROM stg_payment p
JOIN agreed a ON a.case_id = p.case_id
WHERE p.status = 'paid'
    AND CAST(p.paid_at AS DATE) >= $since
    AND p.paid_at <= $as_of
