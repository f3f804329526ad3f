SELECT
    d.division_id || '-' || d.item_code || '-' || d.period AS due_id,
    d.org_ext_id AS org_id,
    d.division_id AS village_id,
    d.item_code AS item_code,
    d.period AS period,
    d.title AS title,
    d.due_at AS due_at,
    p.ext_id AS disclosure_id,
    p.published_at AS published_at,
    d.empty_at AS empty_at
FROM disclosure_duesheet d
LEFT JOIN disclosure_publication p ON p.id = d.publication_id
