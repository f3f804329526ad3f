SELECT
    i.ext_id AS item_id,
    h.ext_id AS handover_id,
    i.kind AS kind,
    i.title AS title,
    i.ref AS ref,
    i.amount_fen AS amount_fen,
    i.is_found AS is_found,
    i.is_handed AS is_handed
FROM posts_handoveritem i
JOIN posts_handover h ON h.id = i.handover_id
