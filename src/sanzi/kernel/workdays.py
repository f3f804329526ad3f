"""Days and time limits: the calendar of work days and the end of a limit.

The holidays come from the imported calendar; a year not announced yet falls back to weekdays,
and a limit that runs into it is provisional until the year is announced.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sanzi.kernel import clock

END_OF_DAY = time(17, 30)
_SATURDAY = 5
_NATIONAL_DAY = (10, 1)


@dataclass(frozen=True)
class Calendar:
    """Which days are worked.

    Shapes: holidays are weekdays off; extra_workdays are Saturdays and Sundays worked in exchange.
    """

    holidays: frozenset[date] = frozenset()
    extra_workdays: frozenset[date] = frozenset()

    def is_announced(self, year: int) -> bool:
        """Tell whether the days off of a year are known: each notice names the first of October."""
        return date(year, *_NATIONAL_DAY) in self.holidays

    def is_provisional(self, at: datetime, until: datetime) -> bool:
        """Tell whether a limit between two instants runs through a year not announced yet."""
        years = range(clock.local_date(at).year, clock.local_date(until).year + 1)
        return not all(self.is_announced(year) for year in years)

    def workdays_between(self, at: datetime, until: datetime) -> int:
        """Return how many work days lie after the day of `at`, up to the day of `until`."""
        day, last, count = clock.local_date(at), clock.local_date(until), 0
        while day < last:
            day += timedelta(days=1)
            count += self.is_workday(day)
        return count

    def is_workday(self, day: date) -> bool:
        """Tell whether offices are open on the day."""
        if day in self.extra_workdays:
            return True
        return day.weekday() < _SATURDAY and day not in self.holidays

    def add_workdays(self, at: datetime, n: int) -> datetime:
        """Return the end of the n-th work day after `at`: 17:30 in Shanghai, as UTC.

        Counting begins on the next day. Raises ValueError unless n is positive and at aware.
        """
        day = _start(at, n)
        for _ in range(n):
            day += timedelta(days=1)
            while not self.is_workday(day):
                day += timedelta(days=1)
        return _end(day)

    def add_days(self, at: datetime, n: int) -> datetime:
        """Return the end of the n-th calendar day after `at`: 17:30 in Shanghai, as UTC.

        Work days or not. Raises ValueError unless n is positive and at aware.
        """
        return _end(_start(at, n) + timedelta(days=n))


def _start(at: datetime, n: int) -> date:
    if n < 1:
        message = "a limit is at least one day"
        raise ValueError(message)
    return clock.local_date(at)


def _end(day: date) -> datetime:
    return datetime.combine(day, END_OF_DAY, tzinfo=clock.SHANGHAI).astimezone(UTC)
