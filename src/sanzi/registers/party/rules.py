"""Pure rules of party work: votes, terms of the stages, dated figures."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sanzi.kernel import yamls

FILE = Path(__file__).resolve().parents[2] / "data" / "party" / "rules.yaml"
PERIOD_LENGTH = 7


@dataclass(frozen=True)
class Figures:
    """What holds from a day on. Units: fen, months, days as their names say."""

    valid_from_date: date
    age_min: int
    activist_months: int
    probation_months: int
    publicity_workdays: int
    dues_day: int
    dues_min_fen: int
    dues_usual_fen: int
    award_publicity_days: int
    award_window_days: int
    bar_days: int


@dataclass(frozen=True)
class Vote:
    """A meeting of the branch: who may vote, who came, who agreed."""

    eligible: int
    present: int
    agree: int


def figures(on: date) -> Figures:
    """Return the figures that hold on a day. Source: data/party/rules.yaml."""
    return max(
        (one for one in _all_figures() if one.valid_from_date <= on),
        key=lambda one: one.valid_from_date,
    )


@cache
def _all_figures() -> tuple[Figures, ...]:
    content: dict[str, Any] = yamls.read(FILE)
    return tuple(
        Figures(**{key: value for key, value in row.items() if key != "source_ref"})
        for row in content["rules"]
    )


def vote_fault(vote: Vote) -> str:
    """Return what is wrong with a vote, empty when it carries.

    More than half of those with a vote must come, and more than half of them all must agree.
    Source: 中国共产党发展党员工作细则.
    """
    if not 0 <= vote.agree <= vote.present <= vote.eligible or not vote.eligible:
        return "人数对不上：应到、实到、同意要一个不比一个多"
    if vote.present * 2 <= vote.eligible:
        return f"应到{vote.eligible}人，只到{vote.present}人，没有过半"
    if vote.agree * 2 <= vote.eligible:
        return f"应到{vote.eligible}人，同意{vote.agree}人，没有过半"
    return ""


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, the last of the month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_of(period: str) -> date | None:
    """Return the first day of a period 'YYYY-MM', None for what is no month."""
    year, dash, month = period.partition("-")
    if len(period) != PERIOD_LENGTH or not dash or not (year + month).isdecimal():
        return None
    try:
        return date(int(year), int(month), 1)
    except ValueError:
        return None


def plain(text: str) -> str:
    """Return a text without what people write differently each time, to compare two."""
    return "".join(one for one in text.lower() if one.isalnum())
