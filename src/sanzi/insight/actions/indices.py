"""Count the indices: each night, of every village and of the holders of its posts.

The statements run over one copy of the record at one moment, like the night's models. The row of
the running month is made anew; past months stay as their last night left them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.insight import catalogue, rules
from sanzi.insight.models import IndexScore
from sanzi.insight.rules import Figure, Result, Scored
from sanzi.insight.shapes import Index, Indicator
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
"""A village, and a person there or nobody."""


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


def run(*, at: datetime, by: Actor) -> int:
    """Count every index as of an instant; return how many scores were written.

    A statement that fails gives no data for its indicator and is told in the log of the service.
    """
    written = 0
    for index in catalogue.indices().values():
        if index.valid_from_date <= clock.local_date(at):
            written += _keep(index, count(index, at), at=at, by=by)
    return written


def count(index: Index, at: datetime) -> Counted:
    """Run the statements of an index over the record as it is now."""
    wanted = snapshot.columns_of(engine.check(sql) for _, sql in index.statements)
    values = {
        "since": since(index, clock.local_date(at)),
        "as_of": at.astimezone(clock.SHANGHAI).replace(tzinfo=None),
    }
    counted = Counted()
    with snapshot.taken(wanted) as (session,):
        for one in index.indicators:
            _count(session, one, values, counted, has_person=False)
        for one in index.posts.indicators:
            _count(session, one, values, counted, has_person=True)
        for cap in index.caps:
            for row in _asked(session, cap.code, _sums(cap.sql, ""), values, counted):
                counted.capped.setdefault(row["village_id"], []).append(cap.code)
    return counted


def since(index: Index, day: date) -> date:
    """Return the first day of the whole months that an index looks back on, this one included."""
    months = day.year * 12 + day.month - index.months
    return date(months // 12, months % 12 + 1, 1)


def _count(
    session: engine.Session,
    one: Indicator,
    values: Mapping[str, Any],
    counted: Counted,
    *,
    has_person: bool,
) -> None:
    person = "person_id" if has_person else ""
    for row in _asked(session, one.code, _sums(one.sql, person), values, counted):
        place = (row["village_id"], row.get("person_id") or "")
        counted.figures.setdefault(place, {})[one.code] = Figure(
            int(row["part"]), int(row["whole"]), row["row_count"]
        )
    for row in _asked(session, one.code, _costly(one, person), values, counted):
        place = (row["village_id"], row.get("person_id") or "")
        counted.costly.setdefault((place, one.code), []).append(
            [row["row_kind"], row["row_id"], int(row["part"]), int(row["whole"])]
        )


def _sums(sql: str, person: str) -> str:
    keys = f"r.village_id, r.{person}" if person else "r.village_id"
    return (
        f"SELECT {keys}, SUM(r.part) AS part, SUM(r.whole) AS whole, COUNT(*) AS row_count "  # noqa: S608 - the house's own statement
        f"FROM ({sql}) r WHERE r.village_id IS NOT NULL GROUP BY {keys}"
    )


def _costly(one: Indicator, person: str) -> str:
    """Return the rows that cost points, those of most weight first, a page of them a village."""
    keys = f"r.village_id, r.{person}" if person else "r.village_id"
    costs = "r.part > 0" if one.is_less_better else "r.part < r.whole"
    return (
        f"SELECT {keys}, r.row_kind, r.row_id, r.part, r.whole FROM ({one.sql}) r "  # noqa: S608 - the house's own statement
        f"WHERE r.village_id IS NOT NULL AND {costs} QUALIFY ROW_NUMBER() OVER "
        f"(PARTITION BY {keys} ORDER BY r.whole DESC, r.row_id) <= {ROWS_KEPT}"
    )


def _asked(
    session: engine.Session, code: str, sql: str, values: Mapping[str, Any], counted: Counted
) -> list[dict[str, Any]]:
    try:
        return session.run(sql, values, seconds=SECONDS_MAX)
    except (engine.EngineFailed, engine.QueryInterrupted) as error:
        logger.exception("indicator %s failed", code)
        counted.errors[code] = str(error)
        return []


def _keep(index: Index, counted: Counted, *, at: datetime, by: Actor) -> int:
    period = f"{clock.local_date(at):%Y-%m}"
    caps = {one.code: one for one in index.caps}
    failed = frozenset(counted.errors)
    posts: dict[str, list[tuple[str, str]]] = {}
    for village, role, person in orgs.posts_held(index.posts.roles, clock.local_date(at)):
        posts.setdefault(village, []).append((role, person))
    rows = []
    for village, _ in orgs.villages():
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
        parts=[
            {
                "field": one.field.code,
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
        "tenths": one.tenths,
        "part": figure.part if figure else None,
        "whole": figure.whole if figure else None,
        "rows": figure.row_count if figure else 0,
        "costly": [*costly],
    }


_MADE: Final = ("version", "tenths", "coverage_percent", "grade", "caps", "parts", "computed_at")


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
