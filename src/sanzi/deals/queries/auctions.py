"""Open auctions: the award that a lease or a sale rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sanzi.deals import auction_rules as rules
from sanzi.deals.models import Auction, AuctionState
from sanzi.kernel import masking
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

SEE = "deals.see"


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


@dataclass(frozen=True)
class PaddleRow:
    """Who may bid; `is_kin` marks distant kin of an officer."""

    number: int
    name: str
    deposit_ref: str
    is_kin: bool
    has_code: bool


@dataclass(frozen=True)
class CalledRow:
    """A bid as it was taken. Units: fen."""

    number: int
    round: int
    paddle: int
    price_fen: int
    placed_at: datetime


@dataclass(frozen=True)
class AuctionPage:
    """An auction with its bids, newest first. `phase` is before, open, over, failed or awarded.

    Units: fen. `least_fen` is the least next bid; `winner` is masked on the public page.
    """

    auction: Auction
    phase: str
    bids: tuple[CalledRow, ...]
    bidder_count: int
    highest_fen: int | None
    least_fen: int
    winner: str
    paddles: tuple[PaddleRow, ...] = ()


def page(*, by: Actor, ext_id: str, at: datetime) -> AuctionPage:
    """Return an auction of the actor's scope with its bidders. Raises: NotFound."""
    found = _rows().filter(scope.within(by, SEE), ext_id=ext_id).first()
    if found is None:
        raise NotFound
    paddles = tuple(
        PaddleRow(
            one.number, one.counterparty.name, one.deposit_ref, one.is_kin, bool(one.code_index)
        )
        for one in found.bidders.select_related("counterparty").order_by("number")
    )
    return _page(found, at, winner=found.winner.name if found.winner else "", paddles=paddles)


def public_page(*, ext_id: str, at: datetime) -> AuctionPage:
    """Return an auction as everybody sees it: paddles, no names before the award.

    Raises: NotFound.
    """
    found = _rows().filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    name = found.winner.name if found.winner else ""
    is_person = found.winner is not None and found.winner.kind == "person"
    return _page(found, at, winner=masking.name(name) if is_person else name)


def coming(division_code: str, at: datetime) -> list[Auction]:
    """Return a village's auctions that are announced and not over, the first to end first."""
    rows = Auction.objects.filter(
        division_code=division_code, state=AuctionState.PUBLISHED, closes_at__gt=at
    )
    return list(rows.order_by("closes_at", "pk"))


def _rows() -> Any:
    return Auction.objects.select_related("organisation", "asset", "winner")


def _page(
    found: Auction, at: datetime, *, winner: str, paddles: tuple[PaddleRow, ...] = ()
) -> AuctionPage:
    bids = tuple(
        CalledRow(one.number, one.round, one.bidder.number, one.price_fen, one.placed_at)
        for one in found.bids.select_related("bidder").order_by("-number")
    )
    highest = max((one.price_fen for one in bids if one.round == found.round), default=None)
    return AuctionPage(
        auction=found,
        phase=_phase(found, at),
        bids=bids,
        bidder_count=found.bidders.count(),
        highest_fen=highest,
        least_fen=rules.least_next(found.floor_fen, found.step_fen, highest),
        winner=winner,
        paddles=paddles,
    )


def _phase(found: Auction, at: datetime) -> str:
    if found.state != AuctionState.PUBLISHED:
        return str(found.state)
    if at < found.opens_at:
        return "before"
    return "open" if at < found.closes_at else "over"
