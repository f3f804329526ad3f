SELECT
    'bill' AS finding_kind,
    b.bill_id AS finding_id,
    b.village_id,
    b.org_id,
    strftime(b.due_date, '%Y-%m') AS period,
    b.due_date AS business_date,
    CASE WHEN b.received_fen = 0 THEN 'nothing' ELSE 'part' END AS ground,
    b.bill_no,
    b.payer_name,
    b.amount_fen,
    b.amount_fen - b.received_fen AS missing_fen,
    b.due_date
FROM stg_bill b
WHERE b.voided_at IS NULL
    AND date_diff('day', b.due_date, CAST($as_of AS DATE)) > $grace_days
    AND b.amount_fen - b.received_fen >= $floor_fen
    AND (b.amount_fen - b.received_fen) * 100 > b.amount_fen * $tolerance
