"""Months of disclosure: `2026-11`, their bounds in UTC. No Django."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sanzi.kernel.clock import SHANGHAI


def month_of(day: date) -> str:
    """Return the period of a local day."""
    return f"{day:%Y-%m}"


def bounds(period: str) -> tuple[datetime, datetime]:
    """Return the first instant of a month and of the next one, aware, UTC.

    Raises: ValueError for a text that names no month.
    """
    year, month = int(period[:4]), int(period[5:7])
    if len(period) != len("2026-11") or period[4] != "-":
        raise ValueError(period)
    start = datetime(year, month, 1, tzinfo=SHANGHAI)
    after = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=SHANGHAI)
    return start.astimezone(UTC), after.astimezone(UTC)
