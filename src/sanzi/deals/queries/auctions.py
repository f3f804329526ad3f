"""Open auctions: the award that a lease or a sale rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sanzi.deals.models import Auction, AuctionState


@dataclass(frozen=True)
class AwardView:
    """What an auction ended with. Units: fen (a year's rent, or the price)."""

    ext_id: str
    awarded_at: datetime
    asset: str
    subject_kind: str
    winner: str
    winner_name: str
    winner_kind: str
    round: int
    bidder_count: int
    price_fen: int
    floor_fen: int
    appraised_fen: int


def award_of(ext_id: str) -> AwardView | None:
    """Return the award of an auction; None when there is none of this id, or no award yet."""
    found = (
        Auction.objects.filter(ext_id=ext_id, state=AuctionState.AWARDED)
        .select_related("asset", "winner")
        .first()
    )
    if found is None or found.winner is None or found.price_fen is None:
        return None
    return AwardView(
        ext_id=found.ext_id,
        awarded_at=found.awarded_at or found.closes_at,
        asset=found.asset.ext_id,
        subject_kind=found.subject_kind,
        winner=found.winner.ext_id,
        winner_name=found.winner.name,
        winner_kind=found.winner.kind,
        round=found.round,
        bidder_count=found.bids.filter(round=found.round).values("bidder").distinct().count(),
        price_fen=found.price_fen,
        floor_fen=found.floor_fen,
        appraised_fen=found.appraised_fen,
    )


def of_case(case_number: str) -> Auction | None:
    """Return the newest auction of a case, None when it has none."""
    return Auction.objects.filter(case_number=case_number).order_by("-pk").first()
