SELECT
    a.ext_id AS auction_id,
    b.number AS number,
    b.round AS round,
    r.number AS bidder_number,
    b.price_fen AS price_fen,
    b.placed_at AS placed_at,
    b.device_index AS device_hash
FROM deals_auctionbid b
JOIN deals_auction a ON a.id = b.auction_id
JOIN deals_auctionbidder r ON r.id = b.bidder_id
