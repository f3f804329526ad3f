SELECT
    q.ext_id || '-' || d.level AS delay_id,
    q.ext_id AS inquiry_id,
    q.division_code AS village_id,
    o.ext_id AS org_id,
    d.level AS level,
    d.due_at AS due_at,
    d.noted_at AS noted_at
FROM disclosure_inquirydelay d
JOIN disclosure_inquiry q ON q.id = d.inquiry_id
JOIN orgs_organisation o ON o.id = q.organisation_id
