SELECT
    a.ext_id AS auction_id,
    o.ext_id AS org_id,
    a.division_code AS village_id,
    a.case_number AS case_id,
    s.ext_id AS asset_id,
    a.subject_kind AS subject_kind,
    a.title AS title,
    a.platform_level AS platform_level,
    a.appraised_fen AS appraised_fen,
    a.floor_fen AS floor_fen,
    a.step_fen AS step_fen,
    a.deposit_fen AS deposit_fen,
    a.decision_ref AS decision_ref,
    a.round AS round,
    a.published_at AS published_at,
    a.opens_at AS opens_at,
    a.closes_at AS closes_at,
    a.awarded_at AS awarded_at,
    k.ext_id AS winner_counterparty_id,
    a.price_fen AS price_fen,
    a.state AS status
FROM deals_auction a
JOIN orgs_organisation o ON o.id = a.organisation_id
JOIN deals_asset s ON s.id = a.asset_id
LEFT JOIN orgs_counterparty k ON k.id = a.winner_id
