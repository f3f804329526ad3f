"""Reads of a city and a province: how the counties stand, and one panel compared between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sanzi.insight.cockpit import panels
from sanzi.insight.cockpit.shapes import NOTHING, PanelPage, Place
from sanzi.kernel import divisions
from sanzi.levels.models import Standing
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.record.lake import looking

SEE: Final = panels.SEE
FRESH: Final = timedelta(days=7)
TENTH: Final = 10
reads_a_lake = looking.reads_a_lake
QUARTER: Final = 3
"""Months that a trend compares with as many before."""


@dataclass(frozen=True)
class Coverage:
    """How much of a place is told: counties, villages, and those with rows of the last week."""

    counties: int
    sent: int
    refused: int
    villages: int
    fresh_villages: int


@dataclass(frozen=True)
class Compared:
    """One county for one panel. `trend` is the last three months over the three before."""

    place: Place
    value: int | None
    before: int | None
    latest: int | None
    is_far: bool
    site: str


@dataclass(frozen=True)
class Comparison:
    """A panel over the places right below: the middle, the half around it, the worst tenth."""

    page: PanelPage
    rows: tuple[Compared, ...]
    middle: int | None
    low: int | None
    high: int | None
    is_low_bad: bool


def standings(*, by: Actor) -> list[Standing]:
    """Return the counties of the actor's scope, those that stand worst first. Raises: NotFound."""
    if not reads_a_lake() or not scope.prefixes(by, SEE):
        raise NotFound
    found = Standing.objects.filter(scope.within(by, SEE, "division_code"))
    return sorted(found, key=lambda one: (not one.code, one.as_of is not None, one.county_code))


def coverage(found: Sequence[Standing], at: datetime) -> Coverage:
    """Return how much of these counties is told."""
    return Coverage(
        counties=len(found),
        sent=sum(one.serial is not None for one in found),
        refused=sum(bool(one.code) for one in found),
        villages=sum(one.village_count for one in found),
        fresh_villages=sum(
            one.village_count for one in found if one.as_of and at - one.as_of <= FRESH
        ),
    )


def villages_told(division_code: str) -> int:
    """Return how many villages the counties below a place told of; nought where none is read."""
    found = Standing.objects.filter(division_code__startswith=divisions.prefix(division_code))
    return sum(found.values_list("village_count", flat=True))


def site_of(*, by: Actor, division_code: str) -> str:
    """Return the address of the site of the county in which a place lies; empty for none."""
    if divisions.level(division_code) in ("province", "city"):
        return ""
    found = Standing.objects.filter(
        scope.within(by, SEE, "division_code"), county_code=division_code[:6]
    ).first()
    return found.site if found else ""


def compare(*, by: Actor, division_code: str, code: str, at: datetime) -> Comparison:
    """Return one panel of a city or province, place by place below it. Raises: NotFound."""
    if not reads_a_lake():
        raise NotFound
    page = panels.panel(by=by, division_code=division_code, code=code, at=at)
    sites = dict(Standing.objects.values_list("division_code", "site"))
    told = []
    for place, counted in page.below:
        own = panels.at_place(page, place, counted)
        value = panels.value(page.panel, panels.told(own)) if counted.sums else None
        before, latest = _trend(own)
        told.append((place, value, before, latest))
    values = sorted(value for _, value, _, _ in told if value is not None)
    is_low_bad = page.panel.of == "share"
    far = _far(values, is_low_bad=is_low_bad)
    rows = tuple(
        Compared(place, value, before, latest, value in far, sites.get(place.code, ""))
        for place, value, before, latest in told
    )
    order = sorted(
        rows,
        key=lambda one: (
            one.value is None,
            (one.value or 0) if is_low_bad else -(one.value or 0),
            one.place.code,
        ),
    )
    return Comparison(
        page, tuple(order), at_share(values, 50), at_share(values, 25), at_share(values, 75),
        is_low_bad,
    )  # fmt: skip


def at_share(values: Sequence[int], percent: int) -> int | None:
    """Return the value below which this share of sorted values lies: the nearest one, no mean."""
    if not values:
        return None
    return values[min(len(values) - 1, max(0, -(-len(values) * percent // 100) - 1))]


def _far(values: Sequence[int], *, is_low_bad: bool) -> set[int]:
    """Return the values of the worst tenth, at least one where there are ten places."""
    number = len(values) // TENTH
    if not number:
        return set()
    return set(values[:number] if is_low_bad else values[-number:])


def _trend(own: PanelPage) -> tuple[int | None, int | None]:
    """Return the three months before the last three, and the last three; None without months."""
    if own.panel.time != "month":
        return None, None
    months = own.months[:-1]
    lines = {key for _, key in own.counted.sums}
    sums = [
        sum((own.counted.at(month, key) for month in some for key in lines), NOTHING)
        for some in (months[-2 * QUARTER : -QUARTER], months[-QUARTER:])
    ]
    before, latest = (panels.value(own.panel, one) for one in sums)
    return before, latest
