"""Pure rules of posts: shares of a month's pay, posts that exclude each other, dated figures."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sanzi.kernel import yamls

FILE = Path(__file__).resolve().parents[2] / "data" / "posts" / "rules.yaml"
MONTHLY = ("basic", "performance")
"""Kinds of pay that a standard gives by the month; the others are earned day by day."""
PERIOD_LENGTH = 7


@dataclass(frozen=True)
class Barred:
    """Posts that one person may not hold together, and the law that says so."""

    these: frozenset[str]
    those: frozenset[str]
    basis: str


@dataclass(frozen=True)
class Figures:
    """What the county rules from a day on. Units: fen, calendar days, months."""

    valid_from_date: date
    day_rate_max_fen: int
    hire_notice_days: int
    hire_publicity_days: int
    panel_min: int
    finance_posts: frozenset[str]
    single_posts: frozenset[str]
    term_months_max: int
    kin_barred_by: tuple[str, ...]
    barred: tuple[Barred, ...]
    handover_days: int
    audit_months: int


def figures(on: date) -> Figures:
    """Return the figures that hold on a day. Source: data/posts/rules.yaml."""
    return max(
        (one for one in _all_figures() if one.valid_from_date <= on),
        key=lambda one: one.valid_from_date,
    )


@cache
def _all_figures() -> tuple[Figures, ...]:
    content: dict[str, Any] = yamls.read(FILE)
    found = []
    for row in content["rules"]:
        said = {key: value for key, value in row.items() if key != "source_ref"}
        for name in ("finance_posts", "single_posts"):
            said[name] = frozenset(row[name])
        said["kin_barred_by"] = tuple(row["kin_barred_by"])
        said["barred"] = tuple(
            Barred(frozenset(one["these"]), frozenset(one["those"]), one["basis"])
            for one in row["barred"]
        )
        found.append(Figures(**said))
    return tuple(found)


def month_of(period: str) -> tuple[date, date] | None:
    """Return the first and last day of a period 'YYYY-MM', None for what is no month."""
    year, dash, month = period.partition("-")
    if len(period) != PERIOD_LENGTH or not dash or not (year + month).isdecimal():
        return None
    try:
        first = date(int(year), int(month), 1)
    except ValueError:
        return None
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def share_fen(monthly_fen: int, span: tuple[date, date], held: tuple[date, date | None]) -> int:
    """Return what a month's pay comes to for the days a post was held, rounded down. Units: fen.

    Shapes: both spans hold their last day; None is a post without an end.
    """
    first, last = span
    begins, ends = max(first, held[0]), min(last, held[1] or last)
    days = (ends - begins).days + 1
    if days <= 0:
        return 0
    return monthly_fen * days // ((last - first).days + 1)


def bar_between(role: str, held: Collection[str], barred: Collection[Barred]) -> Barred | None:
    """Return the pair that a new post would break, None when it stands with those held."""
    others = set(held)
    return next(
        (
            one
            for one in barred
            if (role in one.these and others & one.those)
            or (role in one.those and others & one.these)
        ),
        None,
    )


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, the last of the month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_shown(start: date, days: int) -> date:
    """Return the last day of a publicity that begins on a day and runs whole days after it."""
    return start + timedelta(days=days)
