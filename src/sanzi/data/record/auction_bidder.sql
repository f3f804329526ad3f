SELECT
    a.ext_id AS auction_id,
    b.number AS number,
    k.ext_id AS counterparty_id,
    b.deposit_ref AS deposit_ref,
    b.is_kin AS is_kin,
    b.registered_at AS registered_at
FROM deals_auctionbidder b
JOIN deals_auction a ON a.id = b.auction_id
JOIN orgs_counterparty k ON k.id = b.counterparty_id
