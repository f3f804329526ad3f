"""Periods that a report tells of: a month, a quarter, a year, or a day with twelve months. Pure.

A code says which: `2026-10`, `2026-Q3`, `2026`, `2026-11-22`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

MONTH: Final = "month"
QUARTER: Final = "quarter"
YEAR: Final = "year"
DAY: Final = "day"
KINDS: Final = (MONTH, QUARTER, YEAR, DAY)
YEAR_MONTHS: Final = 12
QUARTER_MONTHS: Final = 3
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2999
_FORMS: Final = {
    MONTH: re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})"),
    QUARTER: re.compile(r"(?P<year>[0-9]{4})-Q(?P<quarter>[1-4])"),
    YEAR: re.compile(r"(?P<year>[0-9]{4})"),
    DAY: re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"),
}
_QUARTERS: Final = "一二三四"
BEFORE: Final = {MONTH: "上月", QUARTER: "上一季度", YEAR: "上年", DAY: "再往前12个月"}
LAST_YEAR_WORDS: Final = {MONTH: "去年同月", QUARTER: "去年同季", YEAR: "", DAY: ""}


@dataclass(frozen=True)
class Period:
    """A stretch of whole months that ends with a day; `last_date` is the last day it tells of."""

    kind: str
    code: str
    first_date: date
    last_date: date

    @property
    def months(self) -> tuple[str, ...]:
        """The months of the period, the oldest first, such as `2026-10`."""
        start, end = _number(self.first_date), _number(self.last_date)
        return tuple(_month(one) for one in range(start, end + 1))

    @property
    def title(self) -> str:
        """How the period is said: `2026年10月`."""
        year = self.last_date.year
        if self.kind == MONTH:
            return f"{year}年{self.last_date.month}月"
        if self.kind == QUARTER:
            return f"{year}年第{_QUARTERS[int(self.code[-1]) - 1]}季度"
        if self.kind == YEAR:
            return f"{year}年"
        return f"{year}年{self.last_date.month}月{self.last_date.day}日"

    @property
    def before(self) -> Period:
        """The period right before this one; of a day the twelve months before."""
        steps = {MONTH: 1, QUARTER: QUARTER_MONTHS, YEAR: YEAR_MONTHS, DAY: YEAR_MONTHS}
        return self._shifted(steps[self.kind])

    @property
    def year_ago(self) -> Period | None:
        """The same period of the year before; none where `before` is that one."""
        return self._shifted(YEAR_MONTHS) if self.kind in (MONTH, QUARTER) else None

    def _shifted(self, months: int) -> Period:
        number = _number(self.last_date) - months
        year, month = number // YEAR_MONTHS, number % YEAR_MONTHS + 1
        codes = {
            MONTH: f"{year}-{month:02}",
            QUARTER: f"{year}-Q{(month - 1) // QUARTER_MONTHS + 1}",
            YEAR: f"{year}",
            DAY: f"{year}-{month:02}-{min(self.last_date.day, _end(year, month).day):02}",
        }
        return read(self.kind, codes[self.kind])


def read(kind: str, code: str) -> Period:
    """Return the period of a code. Raises: ValueError, when the code is none of its kind."""
    found = _FORMS[kind].fullmatch(code)
    if found is None or not FIRST_YEAR <= int(found["year"]) <= LAST_YEAR:
        raise ValueError(code)
    year = int(found["year"])
    if kind == YEAR:
        return Period(kind, code, date(year, 1, 1), date(year, 12, 31))
    if kind == QUARTER:
        end = int(found["quarter"]) * QUARTER_MONTHS
        return Period(kind, code, date(year, end - 2, 1), _end(year, end))
    month = int(found["month"])
    if kind == MONTH:
        return Period(kind, code, date(year, month, 1), _end(year, month))
    day = date(year, month, int(found["day"]))
    number = _number(day) - YEAR_MONTHS + 1
    return Period(kind, code, date(number // YEAR_MONTHS, number % YEAR_MONTHS + 1, 1), day)


def newest(kind: str, today: date) -> Period:
    """Return the last period that is over on a day; of the kind `day` that day itself."""
    if kind == DAY:
        return read(DAY, today.isoformat())
    running = {
        MONTH: f"{today:%Y-%m}",
        QUARTER: f"{today.year}-Q{(today.month - 1) // QUARTER_MONTHS + 1}",
        YEAR: f"{today.year}",
    }
    return read(kind, running[kind]).before


def is_over(period: Period, today: date) -> bool:
    """Return whether a report may tell of it: it is over; a day is today or was."""
    return period.last_date <= today if period.kind == DAY else period.last_date < today


def _number(day: date) -> int:
    return day.year * YEAR_MONTHS + day.month - 1


def _month(number: int) -> str:
    return f"{number // YEAR_MONTHS}-{number % YEAR_MONTHS + 1:02}"


def _end(year: int, month: int) -> date:
    first = date(year + month // YEAR_MONTHS, month % YEAR_MONTHS + 1, 1)
    return first - timedelta(days=1)


def months_up_to(last: date, count: int) -> tuple[str, ...]:
    """Return so many months that end with the month of a day, the oldest first."""
    end = _number(last)
    return tuple(_month(one) for one in range(end - count + 1, end + 1))


def first_of(day: date, months_earlier: int) -> date:
    """Return the first day of the month that lies so many months before that of a day."""
    number = _number(day) - months_earlier
    return date(number // YEAR_MONTHS, number % YEAR_MONTHS + 1, 1)
