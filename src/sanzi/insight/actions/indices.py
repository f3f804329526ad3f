"""Count the indices: each night, of every town, of every village and of the holders of its posts.

The statements run over one copy of the record at one moment, like the night's models. The row of
the running month is made anew; past months stay as their last night left them, but those whose
flags are not given yet.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.insight.actions import flags, objections
from sanzi.insight.indices import flags as flag_queries
from sanzi.insight.indices import rules, versions
from sanzi.insight.indices.rules import Figure, Result, Scored
from sanzi.insight.indices.shapes import Index
from sanzi.insight.models import Flag, IndexScore
from sanzi.kernel import clock, ids
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.record import engine, snapshot

logger = logging.getLogger(__name__)

HOUR: Final = 4
ROWS_KEPT: Final = 50
SECONDS_MAX: Final = 60.0
CHAIN: Final = "county"
Place = tuple[str, str]
"""A village or a town, and a person there or nobody."""


@dataclass
class Counted:
    """What the statements of an index counted: sums, rows that cost points, what failed."""

    figures: dict[Place, dict[str, Figure]] = field(default_factory=dict)
    costly: dict[tuple[Place, str], list[list[Any]]] = field(default_factory=dict)
    capped: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def run_when_due(at: datetime) -> int:
    """Count once a night, at or after four; return how many scores were written."""
    local = at.astimezone(clock.SHANGHAI)
    tonight = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if local < tonight or IndexScore.objects.filter(computed_at__gte=tonight).exists():
        return 0
    return run(at=at, by=SYSTEM)


def run(*, at: datetime, by: Actor, only: Collection[str] = ()) -> int:
    """Count every index as of an instant; return how many scores were written.

    A statement that fails gives no data for its indicator and is told in the log of the service.
    """
    written = 0
    for index in versions.all_on(clock.local_date(at)):
        if not only or index.code in only:
            written += _settle(index, at=at, by=by) if index.flag_rule else 0
            written += _keep(index, count(index, at), of=at, at=at, by=by)
    return written


def _settle(index: Index, *, at: datetime, by: Actor) -> int:
    """Count the months whose flags are not given yet anew, as of their end; give what is ready.

    A month begins to be settled only while it may still be questioned.
    """
    running = f"{clock.local_date(at):%Y-%m}"
    last = rules.month_before(running)
    months = flag_queries.undecided(index, running)
    if not months and objections.last_moment(index.code, last) >= at:
        months = [] if Flag.objects.filter(index_code=index.code, period=last) else [last]
    written, is_free = 0, True
    for period in months:
        ended = objections.end_of(period)
        held = versions.on(index.code, clock.local_date(ended))
        written += _keep(held, count(held, ended), of=ended, at=at, by=by)
        is_over = objections.last_moment(index.code, period) < at
        is_free = is_free and is_over and not flag_queries.is_open(index, period)
        if is_free:
            flags.decide(index=held, period=period, at=at)
    return written


def count(index: Index, at: datetime) -> Counted:
    """Run the statements of an index over the record as it is now."""
    wanted = snapshot.columns_of(engine.check(sql) for _, sql in index.statements)
    values = {
        "since": rules.first_day(index.months, clock.local_date(at)),
        "as_of": at.astimezone(clock.SHANGHAI).replace(tzinfo=None),
    }
    counted = Counted()
    with snapshot.taken(wanted) as (session,):
        for one in _asked_of(index):
            _count(session, one, values, counted)
        for cap in index.caps:
            asked = Asked(cap.code, cap.sql, "", index.is_of_towns, is_less_better=True)
            for row in _run(session, cap.code, asked.sums, values, counted):
                counted.capped.setdefault(row["village_id"], []).append(cap.code)
    return counted


@dataclass(frozen=True)
class Asked:
    """A statement as it is asked: by village or by town, of each person or of all."""

    code: str
    sql: str
    person: str
    is_of_towns: bool
    is_less_better: bool

    @property
    def _keys(self) -> str:
        return "r.village_id" + (f", r.{self.person}" if self.person else "")

    @property
    def _rows(self) -> str:
        """Return the statement with the place that its rows count for."""
        if not self.is_of_towns:
            return self.sql
        town = "LEFT(t.village_id, 9) || '000' AS village_id"
        return f"SELECT {town}, t.row_kind, t.row_id, t.part, t.whole FROM ({self.sql}) t"  # noqa: S608 - the house's own statement

    @property
    def sums(self) -> str:
        """Return the statement that adds up the rows of each place."""
        return (
            f"SELECT {self._keys}, SUM(r.part) AS part, SUM(r.whole) AS whole, "  # noqa: S608 - the house's own statement
            f"COUNT(*) AS row_count FROM ({self._rows}) r "
            f"WHERE r.village_id IS NOT NULL GROUP BY {self._keys}"
        )

    @property
    def costly(self) -> str:
        """Return the rows that cost points, those of most weight first, a page of them a place."""
        costs = "r.part > 0" if self.is_less_better else "r.part < r.whole"
        return (
            f"SELECT {self._keys}, r.row_kind, r.row_id, r.part, r.whole FROM ({self._rows}) r "  # noqa: S608 - the house's own statement
            f"WHERE r.village_id IS NOT NULL AND {costs} QUALIFY ROW_NUMBER() OVER "
            f"(PARTITION BY {self._keys} ORDER BY r.whole DESC, r.row_id) <= {ROWS_KEPT}"
        )


def _asked_of(index: Index) -> list[Asked]:
    """Return what an index asks whose sums and rows are kept."""
    towns = index.is_of_towns
    return [
        *(Asked(one.code, one.sql, "", towns, one.is_less_better) for one in index.indicators),
        *(Asked(one.code, one.sql, "", towns, is_less_better=True) for one in index.penalties),
        *(
            Asked(one.code, one.sql, "person_id", towns, one.is_less_better)
            for one in index.posts.indicators
        ),
    ]


def _count(
    session: engine.Session, asked: Asked, values: Mapping[str, Any], counted: Counted
) -> None:
    for row in _run(session, asked.code, asked.sums, values, counted):
        place = (row["village_id"], row.get("person_id") or "")
        counted.figures.setdefault(place, {})[asked.code] = Figure(
            int(row["part"]), int(row["whole"]), row["row_count"]
        )
    for row in _run(session, asked.code, asked.costly, values, counted):
        place = (row["village_id"], row.get("person_id") or "")
        counted.costly.setdefault((place, asked.code), []).append(
            [row["row_kind"], row["row_id"], int(row["part"]), int(row["whole"])]
        )


def _run(
    session: engine.Session, code: str, sql: str, values: Mapping[str, Any], counted: Counted
) -> list[dict[str, Any]]:
    try:
        return session.run(sql, values, seconds=SECONDS_MAX)
    except (engine.EngineFailed, engine.QueryInterrupted) as error:
        logger.exception("indicator %s failed", code)
        counted.errors[code] = str(error)
        return []


def _keep(index: Index, counted: Counted, *, of: datetime, at: datetime, by: Actor) -> int:
    period = f"{clock.local_date(of):%Y-%m}"
    caps = {one.code: one for one in index.caps}
    failed = frozenset(counted.errors)
    posts: dict[str, list[tuple[str, str]]] = {}
    for village, role, person in orgs.posts_held(index.posts.roles, clock.local_date(of)):
        posts.setdefault(village, []).append((role, person))
    rows = []
    for village, _ in orgs.divisions_of(index.level):
        figures = counted.figures.get((village, ""), {})
        capped = [caps[code] for code in sorted(counted.capped.get(village, []))]
        result = rules.judge(index, figures, capped, failed)
        rows.append(_row(index, result, (village, ""), "", counted))
        for role, person in posts.get(village, []):
            own = counted.figures.get((village, person), {})
            judged = rules.judge_post(index, result.tenths, own, failed)
            rows.append(_row(index, judged, (village, person), role, counted))
    with transaction.atomic():
        held = {
            (one.division_code, one.role_code, one.person_ext_id): one
            for one in IndexScore.objects.select_for_update().filter(
                index_code=index.code, period=period
            )
        }
        _write(rows, held, period, at)
        audit.write(
            chain=CHAIN,
            kind="insight.index.counted",
            by=by,
            at=at,
            subject=("index", index.code),
            after={
                "period": period,
                "version": index.version,
                "scores": len(rows),
                "errors": sorted(counted.errors),
            },
        )
    return len(rows)


def _row(index: Index, result: Result, place: Place, role: str, counted: Counted) -> IndexScore:
    village, person = place
    return IndexScore(
        index_code=index.code,
        version=index.version,
        division_code=village,
        role_code=role,
        person_ext_id=person,
        tenths=result.tenths,
        coverage_percent=result.coverage_percent,
        grade=result.grade,
        caps=[*result.caps],
        penalties=[
            {
                "code": one.penalty.code,
                "rows": one.row_count,
                "tenths": one.tenths,
                "costly": [*counted.costly.get((place, one.penalty.code), [])],
            }
            for one in result.lost
        ],
        parts=[
            {
                "field": one.field.code,
                "weight": one.field.weight,
                "tenths": one.tenths,
                "indicators": [
                    _part(part, counted.costly.get((place, part.indicator.code), []))
                    for part in one.indicators
                ],
            }
            for one in result.fields
        ],
    )


def _part(one: Scored, costly: Sequence[Sequence[Any]]) -> dict[str, Any]:
    figure = one.figure
    return {
        "code": one.indicator.code,
        "weight": one.indicator.weight,
        "zero": one.indicator.zero,
        "hundred": one.indicator.hundred,
        "tenths": one.tenths,
        "part": figure.part if figure else None,
        "whole": figure.whole if figure else None,
        "rows": figure.row_count if figure else 0,
        "costly": [*costly],
    }


_MADE: Final = (
    "version",
    "tenths",
    "coverage_percent",
    "grade",
    "caps",
    "parts",
    "penalties",
    "computed_at",
)


def _write(
    rows: Iterable[IndexScore],
    held: dict[tuple[str, str, str], IndexScore],
    period: str,
    at: datetime,
) -> None:
    fresh, changed = [], []
    for one in rows:
        one.period, one.computed_at = period, at
        old = held.pop((one.division_code, one.role_code, one.person_ext_id), None)
        if old is None:
            one.ext_id = ids.new_id("IX", at)
            fresh.append(one)
        else:
            for name in _MADE:
                setattr(old, name, getattr(one, name))
            changed.append(old)
    IndexScore.objects.bulk_create(fresh, batch_size=500)
    IndexScore.objects.bulk_update(changed, [*_MADE], batch_size=200)
