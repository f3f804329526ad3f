SELECT
    c.ext_id AS confirmation_id,
    r.ext_id AS round_id,
    r.division_code AS village_id,
    p.amount_fen AS amount_fen,
    c.asked_at AS asked_at,
    c.expires_at AS expires_at,
    c.answer AS answer,
    c.received_fen AS received_fen,
    c.answered_at AS answered_at
FROM voice_confirmation c
JOIN voice_confirmationround r ON r.id = c.round_id
JOIN payments_payment p ON p.id = c.payment_id
