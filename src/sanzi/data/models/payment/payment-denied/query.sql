WITH denied AS (
    SELECT
        c.confirmation_id,
        c.village_id,
        r.org_id,
        CAST(c.asked_at AS DATE) AS asked_on,
        CASE WHEN c.answer = 'not_received' THEN 'none' ELSE 'other' END AS ground,
        o.name AS body_name,
        r.purpose,
        c.amount_fen,
        c.received_fen,
        abs(c.amount_fen - COALESCE(c.received_fen, 0)) AS gap_fen
    FROM stg_confirmation c
    JOIN stg_confirmation_round r ON r.round_id = c.round_id
    JOIN stg_org o ON o.org_id = r.org_id
    WHERE c.answer IN ('not_received', 'wrong_sum')
        AND c.answered_at <= $as_of
)
SELECT
    'confirmation' AS finding_kind,
    d.confirmation_id AS finding_id,
    d.village_id,
    d.org_id,
    strftime(d.asked_on, '%Y-%m') AS period,
    d.asked_on AS business_date,
    d.ground,
    d.body_name,
    d.purpose,
    d.amount_fen,
    d.received_fen,
    d.gap_fen
FROM denied d
WHERE d.gap_fen > $small_fen
