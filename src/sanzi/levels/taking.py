"""A city takes what its counties published, once a night, and counts the cockpit over all of them.

County by county on DuckDB: the statements of the cockpit run over the rows of one county as of its
own publication, its sums are kept from village to county; those of city and province are the sums
of their counties. A county without news keeps its figures; one that is refused keeps them, too, and
its row says why and how old they are.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from sanzi.audit import actions as audit
from sanzi.insight.actions import cockpit
from sanzi.insight.cockpit import catalogue, counting
from sanzi.insight.cockpit.counting import Slot
from sanzi.insight.cockpit.shapes import NOTHING, Sum
from sanzi.insight.models import CockpitRun, CockpitSum
from sanzi.kernel import clock, divisions
from sanzi.kernel.refusals import Refusal
from sanzi.levels.models import Standing
from sanzi.levels.publishing import CHAIN, require_lake
from sanzi.orgs.actions import places
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.record import engine, snapshot
from sanzi.record.lake import copies, publishing, reading, totals
from sanzi.record.lake.errors import LakeRefusal
from sanzi.record.lake.reading import County, Taken
from sanzi.record.lake.stores import Store

logger = logging.getLogger(__name__)
HOUR: Final = 5
SECONDS_MAX: Final = 120.0
ABOVE_LEVELS: Final = ("province", "city")
BELOW_LEVELS: Final = ("town", "village")
NAMES: Final = "SELECT d.code, d.name, d.level FROM stg_division d"
ABOVE: Final = Q(division_code__endswith="00000000")
"""Cities and provinces."""
Sums = dict[Slot, Sum]


@dataclass(frozen=True)
class Counted:
    """What one county's rows gave: sums by statement, statements it cannot answer, places.

    Shapes: places are code, name, level: what it lies in, its towns and villages.
    """

    sums: Mapping[str, Sums]
    unasked: tuple[str, ...]
    places: tuple[tuple[str, str, str], ...]
    village_count: int
    paid_fen: int


def take_when_due(at: datetime) -> int:
    """Take and count once a night, at or after five, and when it was asked for."""
    if settings.SANZI.lake_counties is None:
        return 0
    local = at.astimezone(clock.SHANGHAI)
    tonight = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    is_night = local >= tonight and not CockpitRun.objects.filter(tried_at__gte=tonight).exists()
    if not is_night and not CockpitRun.objects.filter(asked_at__isnull=False).exists():
        return 0
    known = reading.counties(settings.SANZI.lake_counties)
    cache = settings.SANZI.var / "lake-cache"
    return take(require_lake(), known.values(), cache, by=SYSTEM, at=at)


def take(store: Store, known: Iterable[County], cache: Path, *, by: Actor, at: datetime) -> int:
    """Take what the counties published and count it; return how many have news.

    Raises: BadPlace, BadCountyList. A county that is refused stops no other.
    """
    counties = list(known)
    fresh: list[tuple[Taken, Counted]] = []
    refused: list[tuple[County, LakeRefusal]] = []
    is_whole = _is_counted()
    with publishing.alone(cache):
        for county in counties:
            try:
                one = reading.take(store, county, cache, at=at)
            except LakeRefusal as refusal:
                refused.append((county, refusal))
                continue
            if not (is_whole and _is_kept(one)):
                fresh.append((one, count(one)))
    with transaction.atomic():
        for one, counted in fresh:
            county = one.county
            here = (f"{county.code}000000", county.name, "county")
            places.know([*counted.places, here], by=by, at=at)
        _keep({one.county.code: counted.sums for one, counted in fresh}, counties, at)
        Standing.objects.exclude(county_code__in=[one.code for one in counties]).delete()
        Standing.objects.update(looked_at=at, code="", sentence="", advice="")
        for one, counted in fresh:
            _stand(one, counted, at)
        for county, why in refused:
            _refuse(county, why, at)
        news = sorted(one.county.code for one, _ in fresh)
        held = sorted(county.code for county, _ in refused)
        audit.write(
            chain=CHAIN, kind="levels.publication.taken", by=by, at=at, subject=("lake", "all"),
            after={"counties": len(counties), "news": news, "refused": held},
        )  # fmt: skip
    return len(fresh)


def count(one: Taken) -> Counted:
    """Return the cockpit's sums of one county, as of its own publication."""
    statements = {code: engine.check(sql) for code, sql in catalogue.statements().items()}
    lacking = {
        code for code, sql in statements.items() if one.evolved.lacks(snapshot.columns_of([sql]))
    }
    asked = {code: sql for code, sql in statements.items() if code not in lacking}
    wanted = snapshot.columns_of([*asked.values(), engine.check(NAMES)])
    given = counting.values_of(one)
    found: dict[str, Sums] = {}
    with copies.held(one, wanted) as session:
        for code, sql in asked.items():
            try:
                rows = session.run(counting.sums_of(sql.sql), given, seconds=SECONDS_MAX)
            except (engine.EngineFailed, engine.QueryInterrupted):
                logger.exception("statement %s failed over county %s", code, one.county.code)
                lacking.add(code)
                continue
            found[code] = _of_county(one.county, counting.rolled(rows, given["since"]))
        divisions = session.run(NAMES, {})
    as_of = clock.local_date(one.manifest.as_of)
    paid = totals.of(one, from_date=date(as_of.year, 1, 1), until_date=as_of, by="year")
    return Counted(
        found,
        tuple(sorted(lacking)),
        tuple(_places(one.county, divisions)),
        sum(row["level"] == "village" for row in divisions),
        sum(each.paid_fen for each in paid),
    )


def _places(county: County, rows: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield what a county lies in, and what lies in it."""
    for row in rows:
        code, level = row["code"], row["level"]
        lies_above = level in ABOVE_LEVELS and county.code.startswith(divisions.prefix(code)[:4])
        lies_below = level in BELOW_LEVELS and code.startswith(county.code)
        if lies_above or lies_below:
            yield code, row["name"], level


def _of_county(county: County, sums: Sums) -> Sums:
    """Return the sums of a county and all below it, under its code of today."""
    found: Sums = {}
    for (division, is_rolled, month, key), one in sums.items():
        if division[:6] in county.codes:
            slot = (county.code + division[6:], is_rolled, month, key)
            found[slot] = found.get(slot, NOTHING) + one
    return found


def _keep(
    fresh: Mapping[str, Mapping[str, Sums]], counties: Iterable[County], at: datetime
) -> None:
    """Write the sums of counties with news; those of cities and provinces are sums of counties."""
    _forget_others(counties)
    for code in catalogue.statements():
        for county, told in fresh.items():
            cockpit.keep(code, told.get(code, {}), at, places=_under(county))
        keep_above(code, counties, at)


def keep_above(code: str, counties: Iterable[County], at: datetime) -> None:
    """Write what a statement counted in cities and provinces: the sums of their counties."""
    above: Sums = {}
    for one in CockpitSum.objects.filter(
        statement=code,
        division_code__in=[f"{county.code}000000" for county in counties],
        is_rolled=True,
    ):
        place = one.division_code
        for higher in (place[:4].ljust(12, "0"), place[:2].ljust(12, "0")):
            slot = (higher, True, one.month, one.key)
            whole = Sum(one.part, one.whole, one.row_count)
            above[slot] = above.get(slot, NOTHING) + whole
    cockpit.keep(code, above, at, places=ABOVE)


def _forget_others(counties: Iterable[County]) -> None:
    """Drop the sums of counties that are no longer on the list."""
    known = {one.code for one in counties}
    held = CockpitSum.objects.filter(division_code__endswith="000000").exclude(ABOVE)
    for code in held.values_list("division_code", flat=True).distinct():
        if code[:6] not in known:
            CockpitSum.objects.filter(_under(code[:6])).delete()


def _under(county: str) -> Q:
    return Q(division_code__gte=county, division_code__lt=f"{county}:")


def _is_counted() -> bool:
    """Whether every statement that there is now was counted before."""
    wanted = set(catalogue.statements())
    return wanted <= set(CockpitRun.objects.values_list("statement", flat=True))


def _is_kept(one: Taken) -> bool:
    """Whether the figures of this very publication are kept already."""
    held = Standing.objects.filter(county_code=one.county.code).first()
    return (
        held is not None
        and held.serial == one.manifest.serial
        and held.as_of == one.manifest.as_of
        and (held.name, held.site) == (one.county.name, one.county.site)
    )


def _stand(one: Taken, counted: Counted, at: datetime) -> None:
    Standing.objects.update_or_create(
        county_code=one.county.code,
        defaults={
            "division_code": f"{one.county.code}000000",
            "name": one.county.name,
            "site": one.county.site,
            "serial": one.manifest.serial,
            "as_of": one.manifest.as_of,
            "version": one.manifest.version,
            "rows": one.manifest.row_count,
            "village_count": counted.village_count,
            "paid_fen": counted.paid_fen,
            "absent": sorted(one.evolved.absent),
            "unasked": list(counted.unasked),
            "taken_at": at,
            "looked_at": at,
            "code": "",
            "sentence": "",
            "advice": "",
        },
    )


def _refuse(county: County, refusal: Refusal, at: datetime) -> None:
    told: dict[str, Any] = {
        "looked_at": at,
        "code": refusal.code,
        "sentence": refusal.text[:300],
        "advice": refusal.advice[:300],
    }
    same = {"name": county.name, "site": county.site, "division_code": f"{county.code}000000"}
    Standing.objects.update_or_create(county_code=county.code, defaults={**same, **told})
