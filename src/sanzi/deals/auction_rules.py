"""Pure rules of open auctions: notice, floor, the least next bid, who wins.

Figures are the county's own; the kin rule is that of the model asset-kin-tenant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sanzi.kernel import clock, yamls

SUBJECTS = ("lease", "disposal")
LEVELS = ("village", "town", "county")
FILE = Path(__file__).resolve().parent.parent / "data" / "deals" / "auctions.yaml"


@dataclass(frozen=True)
class Figures:
    """The figures that hold from a day on. Units: fen, days; `last` is a span of time.

    `notice_days` is by what is sold; `lowered_to` the part of the floor before at which another
    round may begin. A bid in the `last` minutes gives everybody as many more.
    """

    valid_from_date: date
    notice_days: Mapping[str, int]
    notice_days_large: int
    large_fen: int
    bidders_min: int
    kin_bidders_min: int
    lowered_to: tuple[int, int]
    last: timedelta


@dataclass(frozen=True)
class Called:
    """A bid as taken. Units: fen."""

    number: int
    bidder: int
    price_fen: int


@cache
def all_figures() -> tuple[Figures, ...]:
    """Return the figures of all days. Source: data/deals/auctions.yaml."""
    content: dict[str, Any] = yamls.read(FILE)
    return tuple(
        Figures(
            valid_from_date=row["valid_from_date"],
            notice_days=row["notice_days"],
            notice_days_large=row["notice_days_large"],
            large_fen=row["large_fen"],
            bidders_min=row["bidders_min"],
            kin_bidders_min=row["kin_bidders_min"],
            lowered_to=(row["lowered_to"][0], row["lowered_to"][1]),
            last=timedelta(minutes=row["last_minutes"]),
        )
        for row in content["rules"]
    )


def figures(on: date) -> Figures:
    """Return the figures that hold on a day."""
    known = [one for one in all_figures() if one.valid_from_date <= on]
    return max(known, key=lambda one: one.valid_from_date)


def notice_days(subject_kind: str, floor_fen: int, on: date) -> int:
    """Return how many days an auction is published before it opens."""
    rule = figures(on)
    least = rule.notice_days[subject_kind]
    return max(least, rule.notice_days_large) if floor_fen >= rule.large_fen else least


def least_next(floor_fen: int, step_fen: int, highest_fen: int | None) -> int:
    """Return the least that the next bid must be."""
    return floor_fen if highest_fen is None else highest_fen + step_fen


def closes_at(closes: datetime, at: datetime) -> datetime:
    """Return when bidding ends after a bid at an instant."""
    return max(closes, at + figures(clock.local_date(at)).last)


def winner(bids: Sequence[Called]) -> Called | None:
    """Return the winning bid: the highest; of equal ones the first taken."""
    return min(bids, key=lambda one: (-one.price_fen, one.number), default=None)


def lowest_floor(floor_fen: int, on: date) -> int:
    """Return the least floor of the next round, rounded up to a fen."""
    numerator, denominator = figures(on).lowered_to
    return -(-floor_fen * numerator // denominator)
