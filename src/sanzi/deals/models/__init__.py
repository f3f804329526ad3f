"""Tables of deals: assets and resources, contracts, competitions; one file per subject."""

from __future__ import annotations

from sanzi.deals.models.assets import (
    Asset,
    AssetCategory,
    AssetEvent,
    AssetKind,
    AssetStatus,
)
from sanzi.deals.models.auctions import Auction, AuctionBid, AuctionBidder, AuctionState
from sanzi.deals.models.contracts import Contract, ContractKind, ContractStatus
from sanzi.deals.models.disposals import Disposal, DisposalMethod, DisposalStatus
from sanzi.deals.models.stocktaking import CountResult, StockLine, Stocktaking, StocktakingState
from sanzi.deals.models.tenders import Bid, BidTicket, Tender, TenderMethod, TenderState

__all__ = [
    "Asset",
    "AssetCategory",
    "AssetEvent",
    "AssetKind",
    "AssetStatus",
    "Auction",
    "AuctionBid",
    "AuctionBidder",
    "AuctionState",
    "Bid",
    "BidTicket",
    "Contract",
    "ContractKind",
    "ContractStatus",
    "CountResult",
    "Disposal",
    "DisposalMethod",
    "DisposalStatus",
    "StockLine",
    "Stocktaking",
    "StocktakingState",
    "Tender",
    "TenderMethod",
    "TenderState",
]
