"""Days and hours: months of the history, workdays, and times of day in +08:00."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from typing import Final

ZONE: Final = timezone(timedelta(hours=8))
DAY: Final = timedelta(days=1)

# First day of the Spring Festival holiday; eight days are free.
_SPRING: Final = {
    2023: date(2023, 1, 21), 2024: date(2024, 2, 10), 2025: date(2025, 1, 28),
    2026: date(2026, 2, 15), 2027: date(2027, 2, 5), 2028: date(2028, 1, 25),
}  # fmt: skip
_FIXED: Final = {
    (1, 1), (4, 5), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3), (10, 4), (10, 5), (10, 6), (10, 7),
}  # fmt: skip


def is_holiday(day: date) -> bool:
    """Whether the day is a public holiday of the fictional calendar."""
    spring = _SPRING.get(day.year)
    in_spring = spring is not None and spring <= day < spring + 8 * DAY
    return in_spring or (day.month, day.day) in _FIXED


def is_workday(day: date) -> bool:
    """Monday to Friday, holidays aside."""
    return day.weekday() < 5 and not is_holiday(day)


def workday_from(day: date) -> date:
    """The day itself or the next workday."""
    while not is_workday(day):
        day += DAY
    return day


def workday_before(day: date) -> date:
    """The day itself or the last workday before."""
    while not is_workday(day):
        day -= DAY
    return day


def months_to(until: date, months: int) -> list[date]:
    """First days of the `months` months that end with the month of `until`."""
    last = until.year * 12 + until.month - 1
    return [date(m // 12, m % 12 + 1, 1) for m in range(last - months + 1, last + 1)]


def month_end(day: date) -> date:
    """Last day of the month."""
    return (day.replace(day=28) + 4 * DAY).replace(day=1) - DAY


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of that day."""
    return datetime.combine(day, time(hour, minute), ZONE)


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from first to last, both included."""
    for offset in range((last - first).days + 1):
        yield first + offset * DAY
