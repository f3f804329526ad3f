"""Which months a column of a statement speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass

WINDOWS = (
    "this_period",
    "year_to_date",
    "before_year",
    "same_period_last_year",
    "last_year_to_date",
)
_PERIOD = re.compile(r"(?P<year>\d{4})(?:-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])))?")


class NoPeriod(ValueError):
    """The text is no month, quarter or year."""


@dataclass(frozen=True)
class Window:
    """Months from `first` to `last`, both included."""

    first: str
    last: str


@dataclass(frozen=True)
class Span:
    """A month, quarter or year as it was asked for: `2026-11`, `2026-Q4`, `2026`."""

    text: str
    year: int
    first_month: int
    last_month: int

    @property
    def words(self) -> str:
        """The span as a statement heads it."""
        if self.first_month == self.last_month:
            return f"{self.year}年{self.last_month}月"
        if self.last_month - self.first_month == 2:
            return f"{self.year}年第{self.last_month // 3}季度"
        return f"{self.year}年度"

    @property
    def first(self) -> str:
        """The first month."""
        return month(self.year, self.first_month)

    @property
    def last(self) -> str:
        """The last month."""
        return month(self.year, self.last_month)

    @property
    def is_year(self) -> bool:
        """Whether it is a whole year."""
        return self.ends_year and self.first_month == 1

    @property
    def ends_year(self) -> bool:
        """Whether the year ends with it."""
        return self.last_month == 12

    def window(self, name: str) -> Window:
        """Return the months that a column called so speaks of."""
        year = self.year
        return {
            "this_period": Window(self.first, self.last),
            "year_to_date": Window(month(year, 1), self.last),
            "before_year": Window(month(year - 1, 1), month(year - 1, 12)),
            "same_period_last_year": Window(
                month(year - 1, self.first_month), month(year - 1, self.last_month)
            ),
            "last_year_to_date": Window(month(year - 1, 1), month(year - 1, self.last_month)),
        }[name]


def read_span(text: str) -> Span:
    """Return what a period means. Raises: NoPeriod."""
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise NoPeriod(text)
    year = int(found["year"])
    if found["month"]:
        return Span(text, year, int(found["month"]), int(found["month"]))
    if found["quarter"]:
        return Span(text, year, 3 * int(found["quarter"]) - 2, 3 * int(found["quarter"]))
    return Span(text, year, 1, 12)


def month(year: int, number: int) -> str:
    """Return a month as text."""
    return f"{year:04d}-{number:02d}"


def before(period: str, months: int) -> str:
    """Return the month so many months before one."""
    at = int(period[:4]) * 12 + int(period[5:]) - 1 - months
    return month(at // 12, at % 12 + 1)


def after(period: str) -> str:
    """Return the month after one."""
    year, number = int(period[:4]), int(period[5:])
    return month(year + 1, 1) if number == 12 else month(year, number + 1)
