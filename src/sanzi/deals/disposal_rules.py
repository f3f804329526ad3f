"""Pure rules of disposals: what asks for a valuation, how long it holds, days of publicity."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sanzi.kernel import yamls

FILE = Path(__file__).resolve().parent.parent / "data" / "deals" / "disposals.yaml"
FREE = ("scrap", "demolish", "donate")
"""What may bring nothing."""
SCRAPPED = ("scrap", "demolish")
"""After these a card says scrapped; after the others, disposed."""


@dataclass(frozen=True)
class Figures:
    """The figures that hold from a day on. Units: fen, days, months."""

    valid_from_date: date
    appraisal_from_fen: int
    appraisal_from_book_fen: int
    appraisal_valid_months: int
    publicity_days: int
    county_from_fen: int
    scrap_quotes_min: int
    checkers_min: int


@cache
def all_figures() -> tuple[Figures, ...]:
    """Return the figures of all days. Source: data/deals/disposals.yaml."""
    content: dict[str, Any] = yamls.read(FILE)
    return tuple(
        Figures(**{name: value for name, value in row.items() if name != "source_ref"})
        for row in content["rules"]
    )


def figures(on: date) -> Figures:
    """Return the figures that hold on a day."""
    known = [one for one in all_figures() if one.valid_from_date <= on]
    return max(known, key=lambda one: one.valid_from_date)


def needs_appraisal(worth_fen: int, book_value_fen: int, on: date) -> bool:
    """Return whether a valuation by a third party is asked for. Source: 条例 第三十七条.

    What stood in the books for much is valued however little somebody says it is worth.
    """
    rule = figures(on)
    return worth_fen >= rule.appraisal_from_fen or book_value_fen >= rule.appraisal_from_book_fen


def needs_auction(worth_fen: int, method: str, on: date) -> bool:
    """Return whether a thing is sold in the open."""
    return method not in FREE and worth_fen >= figures(on).appraisal_from_fen


def valid_until(appraised: date, on: date) -> date:
    """Return the last day on which a valuation holds."""
    months = figures(on).appraisal_valid_months
    year, month = divmod(appraised.year * 12 + appraised.month - 1 + months, 12)
    return date(year, month + 1, min(appraised.day, monthrange(year, month + 1)[1]))


def shown_days(first: date, today: date) -> int:
    """Return how many whole days a valuation has been public."""
    return max((today - first).days, 0)


def worn_off(cost_fen: int, worn_fen: int) -> int:
    """Return what is left of a cost after its wear, never less than nothing."""
    return max(cost_fen - worn_fen, 0)


def lot_name(names: Sequence[str]) -> str:
    """Return how several things are called together: by the first and how many they are."""
    return names[0] if len(names) == 1 else f"{names[0]}等{len(names)}件"
