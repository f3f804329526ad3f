SELECT
    t.ext_id AS tender_id,
    o.ext_id AS org_id,
    t.division_code AS village_id,
    t.subject_kind AS subject_kind,
    t.subject_ext_id AS subject_id,
    t.case_number AS case_id,
    t.title AS title,
    t.method AS method,
    t.platform_level AS platform_level,
    t.platform_number AS platform_number,
    t.published_at AS published_at,
    t.bid_deadline_at AS bid_deadline_at,
    t.opened_at AS opened_at,
    t.limit_price_fen AS limit_price_fen,
    t.reserve_price_fen AS reserve_price_fen,
    t.bidder_min AS bidder_min,
    t.result_published_at AS result_published_at,
    t.result_publicity_end_date AS result_publicity_end_date,
    t.award_notice_at AS award_notice_at,
    t.state AS status
FROM deals_tender t
JOIN orgs_organisation o ON o.id = t.organisation_id
UNION ALL
SELECT
    a.ext_id AS tender_id,
    o.ext_id AS org_id,
    a.division_code AS village_id,
    a.subject_kind AS subject_kind,
    s.ext_id AS subject_id,
    a.case_number AS case_id,
    a.title AS title,
    'auction' AS method,
    a.platform_level AS platform_level,
    '' AS platform_number,
    a.published_at AS published_at,
    a.closes_at AS bid_deadline_at,
    a.opens_at AS opened_at,
    NULL AS limit_price_fen,
    a.floor_fen AS reserve_price_fen,
    2 AS bidder_min,
    a.awarded_at AS result_published_at,
    NULL AS result_publicity_end_date,
    a.awarded_at AS award_notice_at,
    a.state AS status
FROM deals_auction a
JOIN orgs_organisation o ON o.id = a.organisation_id
JOIN deals_asset s ON s.id = a.asset_id
