SELECT
    p.ext_id AS procurement_id,
    o.ext_id AS org_id,
    p.division_code AS village_id,
    p.case_number AS case_id,
    p.category_code AS category_code,
    p.title AS title,
    p.quantity_milli AS quantity_milli,
    p.unit AS unit,
    p.estimate_fen AS estimate_fen,
    p.award_fen AS award_fen,
    k.ext_id AS counterparty_id,
    p.method AS method,
    b.ext_id AS buyer_person_id,
    (SELECT COUNT(*) FROM procurement_acceptor a WHERE a.procurement_id = p.id) AS acceptor_count,
    p.submitted_at AS submitted_at,
    p.approved_at AS approved_at,
    p.ordered_at AS ordered_at,
    p.delivered_at AS delivered_at,
    p.accepted_at AS accepted_at,
    p.status AS status,
    p.tender_ext_id AS tender_id,
    p.contract_ext_id AS contract_id
FROM procurement_procurement p
JOIN orgs_organisation o ON o.id = p.organisation_id
LEFT JOIN orgs_counterparty k ON k.id = p.counterparty_id
LEFT JOIN orgs_person b ON b.id = p.buyer_id
