"""When a model is to be looked at again: its rates, and the limits of a place on a day. Pure.

The limits are rows of `data/models/review.yaml`; this is their one loader.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from sanzi.supervision import dated_sets

FILE: Final = Path(__file__).resolve().parent.parent / "data" / "models" / "review.yaml"
MONTHS: Final = 24
QUARTER_MONTHS: Final = 3
_FIGURES: Final = (
    "flag_permille_max", "false_percent_max", "least_count", "backtest_hours",
    "red_line_false_least",
)  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """The limits of a place from a day on. Units: alerts of 1,000 rows, percent, counts, hours."""

    division: str
    valid_from_date: date
    source_ref: str
    flag_permille_max: int
    false_percent_max: int
    least_count: int
    backtest_hours: int
    red_line_false_least: int = 5


@dataclass(frozen=True)
class Rates:
    """What a model did in a place: alerts, rows judged, conclusions, false alarms among them.

    `red_line_false` are the false alarms of a red line that were closed in the last three months.
    """

    alerts: int
    judged: int
    concluded: int
    false: int
    red_line_false: int = 0

    def flag_permille(self, limits: Limits) -> int | None:
        """Return the alerts a thousand judged rows, None when there are too few rows."""
        return self.alerts * 1000 // self.judged if self.judged >= limits.least_count else None

    def false_percent(self, limits: Limits) -> int | None:
        """Return the false alarms of a hundred concluded, None when there are too few."""
        if self.concluded < limits.least_count:
            return None
        return self.false * 100 // self.concluded

    def reasons(self, limits: Limits) -> tuple[str, ...]:
        """Return in words which limits are passed; the comparison is exact, not on the rounded."""
        found = []
        if (
            self.judged >= limits.least_count
            and self.alerts * 1000 > limits.flag_permille_max * self.judged
        ):
            found.append(
                f"每千件报{self.flag_permille(limits)}条，超过{limits.flag_permille_max}条"
            )
        if (
            self.concluded >= limits.least_count
            and self.false * 100 > limits.false_percent_max * self.concluded
        ):
            found.append(f"误报占{self.false_percent(limits)}%，超过{limits.false_percent_max}%")
        if self.red_line_false >= max(limits.red_line_false_least, 1):
            found.append(
                f"红线三个月里误报{self.red_line_false}条，满{limits.red_line_false_least}条"
            )
        return tuple(found)


def read(path: Path) -> tuple[Limits, ...]:
    """Read a file of limits. Raises: SetFileBroken."""
    return dated_sets.read(path, Limits, figures=_FIGURES)


@cache
def _sets() -> tuple[Limits, ...]:
    return read(FILE)


def limits_for(division_code: str, day: date, sets: tuple[Limits, ...] | None = None) -> Limits:
    """Return the limits of a place on a day: the nearest place first, then the newest."""
    return dated_sets.nearest(_sets() if sets is None else sets, division_code, day)


def since(day: date, months: int = MONTHS) -> date:
    """Return the first day of the window that ends on a day: so many months back."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, 28))
