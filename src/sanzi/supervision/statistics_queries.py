"""How the loop does: opened, late, closed in time, what they were, what money came back.

A cohort: the alerts opened between two days, wherever they stand now. On time: handed in within the
first limit, of those that are done or whose limit has come. Rates of fewer than ten are not given.
No one is ranked by clicks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final

from django.db.models import Max

from sanzi.kernel import clock, divisions
from sanzi.kernel.workdays import Calendar
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import Actor
from sanzi.supervision import category_words, known, queries
from sanzi.supervision.loop_rules import CONCLUSIONS
from sanzi.supervision.models import Alert, AlertState, Disposal

RATE_LEAST: Final = 10
HANDED_IN: Final = ("fed_back", "concluded")
JUDGED: Final = ("confirmed", "explained", "false_positive", "data_error")
_FIELDS: Final = (
    "model_code", "division_code", "state", "conclusion", "opened_at", "first_due_at", "due_at",
    "disposed_at", "reopened_count", "involved_fen", "money_back_fen", "money_stopped_fen",
)  # fmt: skip


@dataclass(frozen=True)
class Period:
    """Between two days, both in, and below a place; no place means the whole scope."""

    first_date: date
    last_date: date
    division_code: str = ""


@dataclass
class Tally:
    """Figures of some alerts. Units: fen, work days."""

    opened: int = 0
    waiting: int = 0
    late: int = 0
    disposed: int = 0
    in_time: int = 0
    came_due: int = 0
    reopened: int = 0
    closed_once: int = 0
    involved_fen: int = 0
    money_back_fen: int = 0
    money_stopped_fen: int = 0
    conclusions: Counter[str] = field(default_factory=Counter)
    days: list[int] = field(default_factory=list)

    @property
    def judged(self) -> int:
        """How many were judged to be one thing or another."""
        return sum(self.conclusions[one] for one in JUDGED)

    @property
    def median_days(self) -> int | None:
        """The work days from opened to disposed of the middle one, None when none is disposed."""
        return round(median(self.days)) if self.days else None

    def percent(self, part: int, whole: int) -> int | None:
        """Return a share in hundredths, None when the whole is too small to say."""
        return None if whole < RATE_LEAST else (part * 200 + whole) // (2 * whole)

    @property
    def disposal_percent(self) -> int | None:
        """Disposed of, of all that were opened."""
        return self.percent(self.disposed, self.opened)

    @property
    def on_time_percent(self) -> int | None:
        """Handed in within the first limit and disposed of, of those come due or done."""
        return self.percent(self.in_time, self.came_due)

    @property
    def reopened_percent(self) -> int | None:
        """Opened again or sent back, of those that were handed in at least once."""
        return self.percent(self.reopened, self.closed_once)

    @property
    def confirmed_percent(self) -> int | None:
        """Confirmed, of those judged."""
        return self.percent(self.conclusions["confirmed"], self.judged)

    @property
    def false_percent(self) -> int | None:
        """False alarms, of those judged."""
        return self.percent(self.conclusions["false_positive"], self.judged)


@dataclass(frozen=True)
class Line:
    """The figures of one category, village, model or month."""

    key: str
    title: str
    tally: Tally


@dataclass(frozen=True)
class Statistics:
    """The page: all together, and by category, village, model and month of opening."""

    period: Period
    whole: Tally
    categories: tuple[Line, ...]
    villages: tuple[Line, ...]
    models: tuple[Line, ...]
    months: tuple[Line, ...]
    conclusions: tuple[tuple[str, str, int], ...]


def statistics(*, by: Actor, period: Period, at: datetime) -> Statistics:
    """Return the figures of the alerts that the actor may see, opened in the period."""
    found = queries.in_scope(by).filter(
        opened_at__gte=clock.midnight(period.first_date),
        opened_at__lt=clock.midnight(period.last_date + timedelta(days=1)),
    )
    if period.division_code:
        prefix = divisions.prefix(period.division_code)
        found = found.filter(division_code__gte=prefix, division_code__lt=prefix + ":")
    rows = list(found.only(*_FIELDS).order_by("id"))
    handed_in = dict(
        Disposal.objects.filter(alert__in=found, action__in=HANDED_IN)
        .order_by()
        .values_list("alert_id")
        .annotate(last_at=Max("at"))
    )
    calendar = orgs.calendar()

    def tally(some: Iterable[Alert]) -> Tally:
        return _tally(some, handed_in, calendar, at)

    def lines(key: Callable[[Alert], str], titles: Mapping[str, str]) -> tuple[Line, ...]:
        grouped: dict[str, list[Alert]] = {}
        for one in rows:
            grouped.setdefault(key(one), []).append(one)
        return tuple(
            Line(name, titles.get(name, name), tally(grouped[name])) for name in sorted(grouped)
        )

    models = known.models_of({(one.model_code, "") for one in rows})
    whole = tally(rows)
    return Statistics(
        period=period,
        whole=whole,
        categories=lines(lambda one: models[one.model_code, ""].category, category_words.WORDS),
        villages=lines(
            lambda one: one.division_code,
            orgs.division_names({one.division_code for one in rows}),
        ),
        models=lines(
            lambda one: one.model_code,
            {code: f"{one.number} {one.title}" for (code, _), one in models.items()},
        ),
        months=lines(lambda one: f"{clock.local_date(one.opened_at):%Y-%m}", {}),
        conclusions=tuple(
            (code, title, whole.conclusions[code]) for code, title in CONCLUSIONS.items()
        ),
    )


def _tally(
    rows: Iterable[Alert], handed_in: Mapping[int, datetime], calendar: Calendar, at: datetime
) -> Tally:
    found = Tally()
    for one in rows:
        limit = one.first_due_at or one.due_at
        is_done = one.state == AlertState.DISPOSED and one.disposed_at is not None
        found.opened += 1
        found.reopened += bool(one.reopened_count)
        found.closed_once += is_done or bool(one.reopened_count)
        if one.disposed_at is not None and is_done:
            found.disposed += 1
            # The handler is in time by what he handed in; the verifier's days are not his.
            found.in_time += handed_in.get(one.pk, one.disposed_at) <= limit
            found.conclusions[one.conclusion] += 1
            found.days.append(calendar.workdays_between(one.opened_at, one.disposed_at))
            found.involved_fen += one.involved_fen
            found.money_back_fen += one.money_back_fen
            found.money_stopped_fen += one.money_stopped_fen
        else:
            found.waiting += 1
            found.late += limit < at
        found.came_due += is_done or limit < at
    return found
