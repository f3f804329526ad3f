SELECT
    b.ext_id AS batch_id,
    o.ext_id AS org_id,
    b.division_code AS village_id,
    b.case_number AS case_id,
    b.batch_no AS batch_no,
    b.giver AS giver,
    b.item AS item,
    b.unit AS unit,
    b.received_milli AS received_milli,
    b.given_milli AS given_milli,
    b.received_date AS received_date,
    b.is_urgent AS is_urgent,
    b.approved_at AS approved_at,
    b.publicity_start_at AS publicity_start_at,
    b.counted_milli AS counted_milli,
    b.counted_at AS counted_at,
    b.status AS status
FROM subsidies_reliefbatch b
JOIN orgs_organisation o ON o.id = b.organisation_id
