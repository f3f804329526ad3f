"""Pure rules of leases: the schedule of rent, limits of term, reminders that are due.

Rent is due at the beginning of each period. A year's rent is divided so that no fen is lost; the
remainder goes to the first period. A last year that is not whole pays by days, rounded down.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sanzi.kernel import yamls
from sanzi.kernel.money import split

MONTHS_OF = {"month": 1, "quarter": 3, "half": 6, "year": 12}
YEARS_MAX = 20
"""Beyond these a lease is void. Source: 民法典 第七百零五条."""
MONTHS_MAX = YEARS_MAX * 12
DAY = timedelta(days=1)
FOLDER = Path(__file__).resolve().parents[2] / "data" / "leases"
FILE = FOLDER / "reminders.yaml"


@dataclass(frozen=True)
class Figures:
    """The local figures of a day on. Units: fen a year, months, days.

    `auction_from_fen` and more than `free_months` ask for an open auction; `county_*` for the
    county's platform; `members_from_months` for the meeting of members.
    """

    valid_from_date: date
    auction_from_fen: int
    free_months: int
    county_from_fen: int
    county_from_months: int
    members_from_months: int
    appraiser_from_fen: int
    deposit_months: int
    prepaid_years_max: int
    publicity_days: int
    sign_within_days: int
    holdover_days: int


@dataclass(frozen=True)
class Due:
    """One period's rent. Units: fen. `until_date` is the last day that it pays for."""

    place: int
    from_date: date
    until_date: date
    amount_fen: int


@dataclass(frozen=True)
class Reminder:
    """A step of dunning: how many days after the due day, and who hears of it."""

    day: int
    step: str
    title: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class Reminders:
    """The rules of one day on."""

    valid_from_date: date
    bill_days_before: int
    rent: tuple[Reminder, ...]
    expiry_days: tuple[int, ...]


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, the last of the month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_of(start: date, end: date) -> int:
    """Return how many months a lease takes, begun ones whole. `end` is its last day."""
    count = 0
    while add_months(start, count) <= end:
        count += 1
    return count


def is_over_years(start: date, end: date, years: int) -> bool:
    """Return whether a lease goes beyond some years. `end` is its last day."""
    return end >= add_months(start, years * 12)


@cache
def all_figures() -> tuple[Figures, ...]:
    """Return the local figures of all days. Source: data/leases/rules.yaml."""
    content: dict[str, Any] = yamls.read(FOLDER / "rules.yaml")
    return tuple(
        Figures(**{name: value for name, value in row.items() if name != "source_ref"})
        for row in content["rules"]
    )


def figures(on: date) -> Figures:
    """Return the local figures that hold on a day."""
    known = [one for one in all_figures() if one.valid_from_date <= on]
    return max(known, key=lambda one: one.valid_from_date)


def needs_auction(rent_fen_year: int, start: date, end: date, on: date) -> bool:
    """Return whether a lease must come from an open auction. Source: 条例 第三十五条; 县定."""
    rule = figures(on)
    return rent_fen_year >= rule.auction_from_fen or months_of(start, end) > rule.free_months


def level_for(rent_fen_year: int, months: int, on: date) -> str:
    """Return the lowest platform on which a lease may be auctioned: town or county."""
    rule = figures(on)
    is_large = rent_fen_year >= rule.county_from_fen or months >= rule.county_from_months
    return "county" if is_large else "town"


def least_deposit(rent_fen_year: int, on: date) -> int:
    """Return the least deposit of a lease, rounded up to a fen."""
    return -(-rent_fen_year * figures(on).deposit_months // 12)


def floor_of(appraised_fen: int, last_rent_fen: int) -> int:
    """Return the least floor: what it was valued at, or what it brought last. Units: fen a year."""
    return max(appraised_fen, last_rent_fen)


def last_day(start: date, months: int) -> date:
    """Return the last day of a lease of some months."""
    return add_months(start, months) - DAY


def rent_of_year(base_fen: int, steps: Mapping[int, int], number: int) -> int:
    """Return the rent of the n-th year (1 for the first); a step holds until the next one."""
    at = max((year for year in steps if year <= number), default=0)
    return steps[at] if at else base_fen


def schedule(
    *, start: date, end: date, cycle: str, rent_fen_year: int, steps: Mapping[int, int]
) -> list[Due]:
    """Return the rent of a lease, period by period.

    Shapes: `end` is the last day; `steps` maps the number of a year (2 and more) to its rent.
    Units: fen. Raises: ValueError when the days are the wrong way round.
    """
    if end < start:
        raise ValueError("a lease ends before it starts")
    found: list[Due] = []
    year = 0
    while add_months(start, year * 12) <= end:
        rent = rent_of_year(rent_fen_year, steps, year + 1)
        for begins, ends, amount in _year(add_months(start, year * 12), end, cycle, rent):
            found.append(Due(len(found) + 1, begins, ends, amount))
        year += 1
    return found


def _year(first: date, end: date, cycle: str, rent_fen: int) -> list[tuple[date, date, int]]:
    """Return (first day, last day, fen) of the periods of one year, or of what is left of it."""
    months, after = MONTHS_OF[cycle], add_months(first, 12)
    last = min(end, after - DAY)
    starts = [add_months(first, place * months) for place in range(12 // months)]
    spans = [
        (begins, min(last, ends - DAY))
        for begins, ends in zip(starts, [*starts[1:], after], strict=True)
        if begins <= last
    ]
    if last == after - DAY:
        shares = split(rent_fen, [1] * len(spans))
    else:
        days = (last - first).days + 1
        part = rent_fen * days // (after - first).days
        shares = split(part, [(ends - begins).days + 1 for begins, ends in spans])
    return [(*span, fen) for span, fen in zip(spans, shares, strict=True)]


def reminders(on: date) -> Reminders:
    """Return the rules that hold on a day."""
    return max((one for one in all_reminders() if one.valid_from_date <= on),
               key=lambda one: one.valid_from_date)  # fmt: skip


@cache
def all_reminders() -> tuple[Reminders, ...]:
    """Return the rules of all days. Source: data/leases/reminders.yaml."""
    content: dict[str, Any] = yamls.read(FILE)
    return tuple(
        Reminders(
            valid_from_date=row["valid_from_date"],
            bill_days_before=row["bill_days_before"],
            rent=tuple(
                Reminder(one["day"], one["step"], one["title"], tuple(one["to"]))
                for one in row["rent"]
            ),
            expiry_days=tuple(sorted(row["expiry_days"], reverse=True)),
        )
        for row in content["rules"]
    )


def reminder_due(due_date: date, told: Sequence[int], today: date) -> Reminder | None:
    """Return the latest step of dunning that has come and was not told yet, None for none.

    Steps that were missed (a rent that came into the system late) are passed over: a tenant hears
    the one that fits today. A step is never told after a later one.
    """
    passed = (today - due_date).days
    come = [one for one in reminders(today).rent if one.day <= passed]
    latest = come[-1] if come else None
    if latest is None or any(day >= latest.day for day in told):
        return None
    return latest


def expiry_due(end: date, told: Sequence[int], today: date) -> int | None:
    """Return which notice before a lease's end is due and not told yet, None for none."""
    left = (end - today).days
    come = [day for day in reminders(today).expiry_days if 0 <= left <= day]
    nearest = min(come, default=None)
    return None if nearest is None or any(day <= nearest for day in told) else nearest
