"""What holds for subsidies, aid, relief goods and levies: periods, sums, days, limits. Pure.

The figures of the county are in `data/subsidies/rules.yaml`, by day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from sanzi.kernel import yamls

FILE: Final = Path(__file__).resolve().parents[2] / "data" / "subsidies" / "rules.yaml"
MILLI: Final = 1000
QUANTITY_MAX_MILLI: Final = 10**9
_YEAR: Final = re.compile(r"(20[0-9]{2})(?:-(0[1-9]|1[0-2]))?")


@dataclass(frozen=True)
class Figures:
    """What is in force on a day. Units: fen, days, months, per cent."""

    sample_percent: int
    area_tolerance_percent: int
    aid_publicity_days: int
    recheck_months: Mapping[str, int]
    temporary_per_year: int
    temporary_max_fen: int
    vehicle_max_fen: int
    houses_max: int
    relief_publicity_days: int
    levy_per_head_max_fen: int
    levy_days_per_head_max: int
    levy_notice_days: int


@cache
def _all() -> tuple[tuple[date, Figures], ...]:
    found = []
    for one in yamls.read(FILE)["rules"]:
        known = {key: one[key] for key in one if key not in ("valid_from_date", "source_ref")}
        found.append((one["valid_from_date"], Figures(**known)))
    return tuple(sorted(found, key=lambda pair: pair[0]))


def on(day: date) -> Figures:
    """Return the figures in force on a day; the oldest ones before all."""
    in_force = [figures for start, figures in _all() if start <= day]
    return in_force[-1] if in_force else _all()[0][1]


def span(period: str) -> tuple[date, date] | None:
    """Return the first and last day of a period, `2026` or `2026-03`; None for anything else."""
    found = _YEAR.fullmatch(period)
    if found is None:
        return None
    year = int(found[1])
    if found[2] is None:
        return date(year, 1, 1), date(year, 12, 31)
    month = int(found[2])
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def overlap(one: str, other: str) -> bool:
    """Return whether two periods share a day."""
    first, second = span(one), span(other)
    return bool(first and second and first[0] <= second[1] and second[0] <= first[1])


def due_fen(quantity_milli: int, rate_fen: int) -> int:
    """Return what a quantity brings at a rate, rounded half up to the fen."""
    return (quantity_milli * rate_fen + MILLI // 2) // MILLI


def sample_min(lines: int, percent: int) -> int:
    """Return how many lines must be looked at on the spot: a share, rounded up, one at least."""
    return max(1, -(-lines * percent // 100))


def is_over_area(asked_milli: int, right_centi: int, tolerance_percent: int) -> bool:
    """Return whether more land is asked for than the right covers, with the tolerance.

    Units: thousandths and hundredths of a mu.
    """
    return asked_milli * 10 > right_centi * (100 + tolerance_percent)


def shown_until(start: datetime, days: int) -> datetime:
    """Return the instant from which a list has hung its whole days."""
    return start + timedelta(days=days)


def month_after(day: date, months: int) -> date:
    """Return the same day some months later, the last of the month where it is shorter."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
