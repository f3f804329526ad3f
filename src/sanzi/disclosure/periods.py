"""Periods of disclosure: months `2026-11`, quarters and years by their last month. No Django."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sanzi.kernel.clock import SHANGHAI

MONTHS = {"M": 1, "Q": 3, "Y": 12}
"""How many months a period has."""


def month_of(day: date) -> str:
    """Return the period of a local day."""
    return f"{day:%Y-%m}"


def bounds(period: str) -> tuple[datetime, datetime]:
    """Return the first instant of a month and of the next one, aware, UTC.

    Raises: ValueError for a text that names no month.
    """
    return bounds_of("M", period)


def bounds_of(every: str, period: str) -> tuple[datetime, datetime]:
    """Return the first instant of a month, quarter or year (M, Q, Y) and of what follows it.

    Raises: ValueError for a text that names no month.
    """
    year, month = int(period[:4]), int(period[5:7])
    if len(period) != len("2026-11") or period[4] != "-":
        raise ValueError(period)
    first = month - MONTHS[every] + 1
    start = datetime(year, first, 1, tzinfo=SHANGHAI)
    after = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=SHANGHAI)
    return start.astimezone(UTC), after.astimezone(UTC)


def last_over(every: str, today: date) -> str:
    """Return the last month, quarter or year that was over before a local day."""
    last = today.replace(day=1) - timedelta(days=1)
    while last.month % MONTHS[every]:
        last = last.replace(day=1) - timedelta(days=1)
    return month_of(last)


def words(every: str, period: str) -> str:
    """Return `2026年10月`, `2026年第3季度` or `2026年`."""
    year, month = period[:4], int(period[5:7])
    return {"M": f"{year}年{month}月", "Q": f"{year}年第{month // 3}季度", "Y": f"{year}年"}[every]
