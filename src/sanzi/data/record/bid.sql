SELECT
    b.ext_id AS bid_id,
    t.ext_id AS tender_id,
    k.ext_id AS counterparty_id,
    b.price_fen AS price_fen,
    b.submitted_at AS submitted_at,
    b.ip AS ip,
    b.mac AS mac,
    b.doc_author AS doc_author,
    b.doc_hash AS doc_hash,
    b.doc_software_id AS doc_software_id,
    b.deposit_account_index AS deposit_account_hash,
    b.contact_phone_index AS contact_phone_hash,
    b.agent_person_ext_id AS agent_person_id,
    b.pm_person_ext_id AS pm_person_id,
    b.is_valid AS is_valid,
    b.is_winner AS is_winner
FROM deals_bid b
JOIN deals_tender t ON t.id = b.tender_id
JOIN orgs_counterparty k ON k.id = b.counterparty_id
WHERE b.replaced_at IS NULL
UNION ALL
SELECT
    a.ext_id || '-' || b.number AS bid_id,
    a.ext_id AS tender_id,
    k.ext_id AS counterparty_id,
    b.price_fen AS price_fen,
    b.placed_at AS submitted_at,
    '' AS ip,
    b.device_index AS mac,
    '' AS doc_author,
    '' AS doc_hash,
    '' AS doc_software_id,
    '' AS deposit_account_hash,
    '' AS contact_phone_hash,
    '' AS agent_person_id,
    '' AS pm_person_id,
    TRUE AS is_valid,
    COALESCE(a.winner_id = r.counterparty_id AND a.state = 'awarded', FALSE) AS is_winner
FROM deals_auctionbid b
JOIN deals_auction a ON a.id = b.auction_id
JOIN deals_auctionbidder r ON r.id = b.bidder_id
JOIN orgs_counterparty k ON k.id = r.counterparty_id
WHERE NOT EXISTS (
    SELECT 1 FROM deals_auctionbid later
    WHERE later.bidder_id = b.bidder_id AND later.number > b.number
)
