"""The working calendar as the steps use it, read at most every ten minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sanzi.kernel.workdays import Calendar
from sanzi.orgs import queries

FRESH = timedelta(minutes=10)
_kept: list[tuple[datetime, Calendar]] = []


def calendar(at: datetime) -> Calendar:
    """Return the working calendar."""
    if _kept and abs(at - _kept[0][0]) < FRESH:
        return _kept[0][1]
    found = queries.calendar()
    _kept[:] = [(at, found)]
    return found


def forget() -> None:
    """Read the calendar anew at the next step (after an import, in tests)."""
    _kept.clear()
