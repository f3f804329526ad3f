"""What the law allows about members, homesteads, compensation and land contracts. Pure.

The figures of the county are dated: data/land/rules.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from sanzi.kernel import yamls

FILE = Path(__file__).resolve().parents[2] / "data" / "land" / "rules.yaml"
MILLI = 1000

JOIN_GROUNDS: Final = ("birth", "marriage", "adoption", "settlement")
LEAVE_GROUNDS: Final = ("death", "nationality", "other_member", "civil_servant", "waiver")
REFUSE_GROUNDS: Final = ("other_member", "civil_servant", "no_ties")
FORBIDDEN: Final = {
    "marriage": "结婚、出嫁、招婿",
    "divorce": "离婚、丧偶",
    "no_son": "家里没有男的",
    "away": "外出读书、当兵、打工、服刑",
}
"""Grounds that never take or keep back a membership. Source: LAW-REC 8, 18."""


OBJECTS: Final = {
    "land": "土地", "seedling": "青苗", "structure": "附着物", "grave": "坟墓",
    "relocation": "搬迁",
}  # fmt: skip
"""What is compensated, in words."""
RIGHTS: Final = {
    "contract": "承包地", "homestead": "宅基地", "mobile": "机动地", "waste": "四荒地",
    "construction": "建设用地",
}  # fmt: skip
USES: Final = {"farmland": "耕地", "grass": "草地", "forest": "林地", "waste": "四荒地"}
"""What land is given out for, in words."""


@dataclass(frozen=True)
class Price:
    """What one unit of a kind may cost, and how many may stand on one mu. Units: fen."""

    unit: str
    fen_max: int
    per_mu_max: int | None = None


@dataclass(frozen=True)
class Figures:
    """The figures of one day on. Units: days, square metres, years, per cent."""

    valid_from_date: date
    source_ref: str
    membership_days: int
    homestead_days: int
    homestead_m2: Mapping[str, int]
    notice_workdays: int
    roster_days: int
    plan_days: int
    survey: Mapping[str, int]
    repeat_years: int
    tolerance_percent: int
    prices: Mapping[str, Price]
    scheme_days: int
    years_max: Mapping[str, int]


@dataclass(frozen=True)
class Shown:
    """A publication: from a day to a day, and what was objected."""

    start_date: date
    end_date: date
    objection: str = ""


def figures(on: date) -> Figures:
    """Return the figures that hold on a day."""
    held = [one for one in all_figures() if one.valid_from_date <= on]
    return max(held, key=lambda one: one.valid_from_date)


@cache
def all_figures() -> tuple[Figures, ...]:
    """Return the figures of all days. Source: data/land/rules.yaml."""
    content: dict[str, Any] = yamls.read(FILE)
    return tuple(
        Figures(**{**row, "prices": {key: Price(**one) for key, one in row["prices"].items()}})
        for row in content["rules"]
    )


def days_shown(shown: Shown) -> int:
    """Return how many days a publication ran, counted from the day after it began."""
    return (shown.end_date - shown.start_date).days


def years_later(day: date, years: int) -> date:
    """Return the same day some years later; the 29th of February gives the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def is_too_long(start: date, end: date, years: int | None) -> bool:
    """Return whether a term is longer than the years that the law gives; None is no limit."""
    return years is not None and end > years_later(start, years)


def is_overlapping(one: tuple[date, date], other: tuple[date | None, date | None]) -> bool:
    """Return whether two spans share a day; an end that is not known never comes."""
    start, end = other
    return (end is None or one[0] <= end) and (start is None or start <= one[1])


def amount_fen(quantity_milli: int, unit_price_fen: int) -> int:
    """Return quantity times price in whole fen, half a fen rounded up."""
    return (quantity_milli * unit_price_fen + MILLI // 2) // MILLI


def most_on(area_mu: Decimal, kind: str, on: date) -> Decimal | None:
    """Return how much of a kind a parcel can hold, None where nothing says so.

    Units: mu of the parcel; the answer in the kind's unit, with the county's tolerance.
    """
    held = figures(on)
    more = Decimal(100 + held.tolerance_percent) / 100
    if kind == "land":
        return area_mu * more
    per_mu = held.prices[kind].per_mu_max
    return None if per_mu is None else area_mu * per_mu * more
