"""The days of a story: the clocks of platform and bank, put ahead together."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sanzi.kernel import clock

if TYPE_CHECKING:
    from browser.site import Site

NOVEMBER = 11
MINUTES_MAX = timedelta(minutes=31)


def first_day() -> date:
    """Return the day on which a story begins: the 20th of a month to come.

    The bank's clock only goes forward. November and December are left out: a story of some weeks
    would come to the year's end, and December closes together with its year.
    """
    later = clock.today().replace(day=28) + timedelta(days=10)
    while later.month >= NOVEMBER:
        later = later.replace(day=28) + timedelta(days=10)
    return later.replace(day=20)


def begin(file: Path) -> None:
    """Put the platform's clock to ten o'clock of the first day, before it starts."""
    _write(file, datetime.combine(first_day(), time(10), clock.SHANGHAI))


def _write(file: Path, at: datetime) -> None:
    ahead = int((at - datetime.now(tz=UTC)).total_seconds())
    fresh = file.with_suffix(".new")
    fresh.write_text(str(ahead), encoding="ascii")
    fresh.replace(file)  # at once: a program may be reading it


class Days:
    """Both clocks of a running site, from the story's first day on."""

    def __init__(self, site: Site, file: Path) -> None:
        """Let the bank date what it pushes by its own clock, which began as far ahead."""
        self._site, self._file = site, file
        site.bank_control("setting", name="push_time", value="bank")

    def now(self) -> datetime:
        """Return the story's present. Aware."""
        ahead = timedelta(seconds=int(self._file.read_text(encoding="ascii")))
        return datetime.now(tz=UTC) + ahead

    def today(self) -> date:
        """Return the story's present day in Shanghai."""
        return clock.local_date(self.now())

    def go_to(self, at: datetime) -> None:
        """Put both clocks to an instant that has not been yet; the bank closes ended days."""
        self._site.bank_control("clock", at=at.astimezone(clock.SHANGHAI).isoformat())
        self._site.bank_control("clock", running=True)
        _write(self._file, at)

    def morning_of(self, day: date) -> None:
        """Go to half past ten of a later day."""
        self.go_to(datetime.combine(day, time(10, 30), clock.SHANGHAI))

    def half_an_hour(self) -> None:
        """Let half an hour pass, so that every duty of the worker is due."""
        self.go_to(self.now() + MINUTES_MAX)
