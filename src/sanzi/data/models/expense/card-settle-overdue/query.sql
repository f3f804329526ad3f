SELECT
    'card_line' AS finding_kind,
    l.card_line_id AS finding_id,
    l.village_id,
    l.org_id,
    strftime(l.bill_due_date, '%Y-%m') AS period,
    l.bill_due_date AS business_date,
    CASE WHEN l.settled_at IS NULL THEN 'due' ELSE 'late' END AS ground,
    l.amount_fen,
    l.bill_due_date
FROM stg_card_line l
WHERE l.kind = 'purchase'
    AND (
        (l.settled_at IS NULL AND l.borne_at IS NULL
            AND date_diff('day', CAST($as_of AS DATE), l.bill_due_date) < $lead_days)
        OR CAST(l.settled_at AS DATE) > l.bill_due_date
    )
