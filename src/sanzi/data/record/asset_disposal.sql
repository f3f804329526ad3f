SELECT
    d.ext_id AS disposal_id,
    a.ext_id AS asset_id,
    o.ext_id AS org_id,
    d.division_code AS village_id,
    d.case_number AS case_id,
    d.method AS method,
    d.reason AS reason,
    d.appraised_fen AS appraised_fen,
    d.appraised_date AS appraised_date,
    g.ext_id AS appraisal_agency_id,
    d.appraisal_publicity_days AS appraisal_publicity_days,
    d.floor_fen AS floor_fen,
    d.decision_ext_id AS decision_id,
    d.tender_ext_id AS tender_id,
    d.price_fen AS price_fen,
    b.ext_id AS buyer_counterparty_id,
    d.received_fen AS received_fen,
    d.executed_at AS executed_at,
    d.written_off_at AS written_off_at,
    d.voucher_ext_id AS written_off_voucher_id,
    d.status AS status
FROM deals_disposal d
JOIN deals_asset a ON a.id = d.asset_id
JOIN orgs_organisation o ON o.id = d.organisation_id
LEFT JOIN orgs_counterparty g ON g.id = d.appraiser_id
LEFT JOIN orgs_counterparty b ON b.id = d.buyer_id
