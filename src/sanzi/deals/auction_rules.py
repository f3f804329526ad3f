"""Pure rules of open auctions: notice, floor, the least next bid, who wins.

Figures are the county's own; the kin rule is that of the model asset-kin-tenant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

NOTICE_DAYS = 7
NOTICE_DAYS_LARGE = 20
LARGE_FEN = 5_000_000
BIDDERS_MIN = 2
KIN_BIDDERS_MIN = 3
LOWERED_TO = (9, 10)
"""Another round may begin at nine tenths of the floor before, by decision."""
LAST_MINUTES = timedelta(minutes=2)
"""A bid in the last two minutes gives everybody two more."""
SUBJECTS = ("lease", "disposal")
LEVELS = ("village", "town", "county")


@dataclass(frozen=True)
class Called:
    """A bid as taken. Units: fen."""

    number: int
    bidder: int
    price_fen: int


def notice_days(floor_fen: int) -> int:
    """Return how many days an auction is published before it opens."""
    return NOTICE_DAYS_LARGE if floor_fen >= LARGE_FEN else NOTICE_DAYS


def least_next(floor_fen: int, step_fen: int, highest_fen: int | None) -> int:
    """Return the least that the next bid must be."""
    return floor_fen if highest_fen is None else highest_fen + step_fen


def closes_at(closes: datetime, at: datetime) -> datetime:
    """Return when bidding ends after a bid at an instant."""
    return max(closes, at + LAST_MINUTES)


def winner(bids: Sequence[Called]) -> Called | None:
    """Return the winning bid: the highest; of equal ones the first taken."""
    return min(bids, key=lambda one: (-one.price_fen, one.number), default=None)


def lowest_floor(floor_fen: int) -> int:
    """Return the least floor of the next round, rounded up to a fen."""
    numerator, denominator = LOWERED_TO
    return -(-floor_fen * numerator // denominator)
