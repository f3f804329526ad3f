SELECT
    'town_project' AS finding_kind,
    p.project_id AS finding_id,
    p.town_id AS village_id,
    p.org_id,
    strftime(p.payable_due_date, '%Y-%m') AS period,
    p.payable_due_date AS business_date,
    p.name AS project_name,
    p.payable_fen,
    p.payable_due_date AS due_date,
    date_diff('day', p.payable_due_date, CAST($as_of AS DATE)) AS late_days
FROM stg_town_project p
WHERE p.payable_fen > 0
    AND date_diff('day', p.payable_due_date, CAST($as_of AS DATE)) > $small_firms_days
