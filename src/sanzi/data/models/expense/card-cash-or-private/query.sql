WITH judged AS (
    SELECT
        l.*,
        CASE
            WHEN l.kind = 'cash' THEN 'cash'
            WHEN list_contains($barred_mcc, l.mcc) THEN 'barred'
            WHEN l.is_suspended THEN 'suspended'
            WHEN NOT EXISTS (
                SELECT 1
                FROM stg_appointment a
                WHERE a.person_id = c.holder_person_id
                    AND a.start_date <= CAST(l.booked_at AS DATE)
                    AND (a.end_date IS NULL OR a.end_date >= CAST(l.booked_at AS DATE))
            ) THEN 'out_of_term'
            WHEN l.asked_at IS NULL AND l.borne_at IS NULL
                AND date_diff('day', CAST(l.booked_at AS DATE), CAST($as_of AS DATE)) > $link_days
                THEN 'unclaimed'
        END AS ground
    FROM stg_card_line l
    JOIN stg_card c ON c.card_id = l.card_id
    WHERE l.kind IN ('purchase', 'cash')
)
SELECT
    'card_line' AS finding_kind,
    j.card_line_id AS finding_id,
    j.village_id,
    j.org_id,
    strftime(j.booked_at, '%Y-%m') AS period,
    CAST(j.booked_at AS DATE) AS business_date,
    j.ground,
    j.amount_fen,
    COALESCE(j.merchant_name, '未知商户') AS merchant_name
FROM judged j
WHERE j.ground IS NOT NULL
