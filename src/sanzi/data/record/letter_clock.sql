SELECT
    c.ext_id AS complaint_id,
    c.division_code AS village_id,
    c.kind AS kind,
    c.received_at AS received_at,
    c.dispatched_at AS dispatched_at,
    c.due_at AS due_at,
    c.answered_at AS answered_at,
    c.closed_at AS closed_at,
    c.extended_count AS extended_count,
    c.reopened_count AS reopened_count,
    c.is_satisfied AS is_satisfied
FROM voice_complaint c
WHERE NOT c.is_sealed
