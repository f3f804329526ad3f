SELECT
    l.ext_id AS lead_id,
    l.division_code AS village_id,
    l.route_role AS route_role,
    l.state AS status,
    l.handed_at AS handed_at,
    l.taken_at AS taken_at,
    l.concluded_at AS concluded_at,
    l.due_at AS due_at,
    l.escalated_at AS escalated_at
FROM inspection_lead l
