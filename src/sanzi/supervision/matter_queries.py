"""Alerts about the same matter, as one: a case, or the thing itself where no case stands behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, Min, QuerySet, When

from sanzi.orgs.actors import Actor
from sanzi.supervision import queries
from sanzi.supervision.models import Alert
from sanzi.supervision.queries import AlertFilter, AlertRow

_ORDER = {"block": 0, "hold": 1, "warn": 2}
_COLOURS = ("red", "yellow", "green")


@dataclass(frozen=True)
class Matter:
    """Alerts about one matter, the most urgent first."""

    rows: tuple[AlertRow, ...]

    @property
    def lead(self) -> AlertRow:
        """The alert that speaks for all: the strongest, of these the most urgent."""
        return min(self.rows, key=lambda one: _ORDER[one.severity])

    @property
    def colour(self) -> str:
        """Red while one is new, green when all are done."""
        return min((one.colour for one in self.rows), key=_COLOURS.index)

    @property
    def due_at(self) -> datetime:
        """The nearest limit of what is still open, else of all."""
        waiting = [one.due_at for one in self.rows if one.colour != "green"]
        return min(waiting or [one.due_at for one in self.rows])


def matters(
    *, by: Actor, only: AlertFilter, at: datetime, limit: int, offset: int = 0
) -> list[Matter]:
    """Return a stretch of the matters with alerts that the actor may see, most urgent first."""
    found = _keyed(queries.narrow(queries.in_scope(by), by, only, at))
    keys = (
        found.values("about")
        .annotate(first_due_at=Min("due_at"), first=Min("id"))
        .order_by("first_due_at", "first")
        .values_list("about", flat=True)[offset : offset + limit]
    )
    wanted = list(keys)
    rows: dict[str, list[Alert]] = {one: [] for one in wanted}
    for alert in found.filter(about__in=wanted).order_by("due_at", "id"):
        rows[alert.about].append(alert)
    return [Matter(_rows(rows[one])) for one in wanted]


def matter_count(*, by: Actor, only: AlertFilter, at: datetime) -> int:
    """Return how many matters `matters` would give in all."""
    found = _keyed(queries.narrow(queries.in_scope(by), by, only, at))
    return int(found.aggregate(number=Count("about", distinct=True))["number"])


def matter(*, by: Actor, ext_id: str) -> Matter:
    """Return all alerts about the matter of one alert that the actor may see.

    Raises: NotFound.
    """
    seen = queries.access_alert(by=by, ext_id=ext_id)
    if not seen.matter_key:
        return Matter((queries.row_of(seen),))
    same = queries.in_scope(by).filter(matter_key=seen.matter_key).order_by("due_at", "id")
    return Matter(_rows(same))


def _keyed(found: QuerySet[Alert]) -> QuerySet[Any]:
    return found.annotate(about=Case(When(matter_key="", then=F("ext_id")), default="matter_key"))


def _rows(found: Iterable[Alert]) -> tuple[AlertRow, ...]:
    return tuple(queries.rows_of(found))
