SELECT
    b.ext_id AS bill_id,
    l.ext_id AS lease_id,
    b.division_code AS village_id,
    b.place AS place,
    b.from_date AS from_date,
    b.until_date AS until_date,
    b.due_date AS due_date,
    b.amount_fen AS amount_fen,
    b.received_fen AS received_fen,
    b.received_at AS received_at,
    b.waived_fen AS waived_fen,
    b.waiver_decision_ref AS waiver_decision_id,
    b.dunned_count AS dunned_count,
    b.last_dunned_at AS last_dunned_at,
    b.is_dropped AS is_dropped
FROM leases_rentbill b
JOIN leases_lease l ON l.id = b.lease_id
