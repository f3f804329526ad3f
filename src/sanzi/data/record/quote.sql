SELECT
    q.ext_id AS quote_id,
    p.ext_id AS procurement_id,
    k.ext_id AS counterparty_id,
    q.price_fen AS price_fen,
    q.quoted_at AS quoted_at,
    q.file_hash AS file_hash,
    q.contact_phone_index AS contact_phone_hash,
    q.is_winner AS is_winner
FROM procurement_quote q
JOIN procurement_procurement p ON p.id = q.procurement_id
JOIN orgs_counterparty k ON k.id = q.counterparty_id
