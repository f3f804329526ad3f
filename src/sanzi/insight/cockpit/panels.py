"""Reads of the cockpit: what an officer may see of a place, one panel, the rows behind a figure.

No words for a page and no markup here: pages, the API and reports stand on the same answers. A
place outside the actor's scope, a panel that is not his and one that does not exist are alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import models

from sanzi.insight.cockpit import catalogue, counting, hiding, lines
from sanzi.insight.cockpit.hiding import Hidden, Sums
from sanzi.insight.cockpit.shapes import (
    DUTIES,
    NOTHING,
    Cockpit,
    Counted,
    Drilled,
    DrilledRow,
    Panel,
    PanelPage,
    Place,
    Sum,
)
from sanzi.insight.indices import rules
from sanzi.insight.models import CockpitRun, CockpitSum
from sanzi.kernel import clock, divisions
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope, tree
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.record import engine, places
from sanzi.record.lake import looking
from sanzi.supervision import frozen
from sanzi.supervision import queries as alerts

SEE: Final = counting.SEE
VILLAGE: Final = "village"
TILE_LEVELS: Final = {"province": "county", "city": "town"}
"""What a tree is drawn of above the county: two levels down, as villages in towns of a county."""
OWN_MODELS: Final = "own"
LATE_AFTER: Final = timedelta(hours=36)
MONTHS_TOLD: Final = 12
ROWS_SHOWN: Final = 500
SECONDS_MAX: Final = 20.0
ALERT: Final = counting.ALERT


def start(*, by: Actor) -> str:
    """Return the division where an officer's cockpit begins: the highest of his posts.

    Raises: NotFound.
    """
    found = sorted(scope.prefixes(by, SEE), key=lambda one: (len(one), one))
    if not found:
        raise NotFound
    return found[0].ljust(12, "0")


def may_see(by: Actor, panel: Panel, division_code: str) -> bool:
    """Return whether the actor may see a panel of a place."""
    return scope.can(by, SEE, division_code) and scope.can(by, panel.sees, division_code)


def page(*, by: Actor, division_code: str, duty: str, at: datetime) -> Cockpit:
    """Return what the actor sees of a place; of one duty, or of all with the empty one.

    Raises: NotFound.
    """
    place = access_place(by=by, division_code=division_code)
    mine = [one for one in catalogue.panels().values() if may_see(by, one, place.code)]
    duties = tuple(one for one in DUTIES if any(one in panel.duties for panel in mine))
    chosen = [one for one in mine if not duty or duty in one.duties]
    if place.level == VILLAGE:
        chosen = [one for one in chosen if one.kind != "tree"]
    hidden = hiding.naming(by, place)
    sums = _at_places([place], {one.statement for one in chosen}, hidden)[place.code]
    below = tree.below(place.code)
    runs = _runs()
    each = _of_tiles(place, [one for one in chosen if one.kind == "tree"], hidden)
    pages = tuple(_page(one, place, sums, runs, at, below=each.get(one.code, {})) for one in chosen)
    return Cockpit(
        place=place,
        above=tuple(_known(one for one in orgs.ancestors(place.code) if scope.can(by, SEE, one))),
        below=tuple(_known([one for one, _ in below])),
        duty=duty,
        duties=duties,
        panels=tuple(one for one in pages if one.panel.kind != "tree" or one.below),
        computed_at=min((one.computed_at for one in pages if one.computed_at), default=None),
        village_count=1 if place.level == VILLAGE else tree.village_count(place.code),
    )


def panel(*, by: Actor, division_code: str, code: str, at: datetime) -> PanelPage:
    """Return one panel of a place with the figures of the places right below it.

    Shapes: a tree has what it is drawn of instead: every village, or what lies two levels down.
    Raises: NotFound.
    """
    place, found = _access(by, division_code, code)
    hidden = hiding.naming(by, place)
    if found.kind == "tree":
        sums = _at_places([place], {found.statement}, hidden)[place.code]
        tiles = _of_tiles(place, (found,), hidden)
        return _page(found, place, sums, _runs(), at, below=tiles[found.code])
    children = _known([one for one, _ in tree.below(place.code)])
    kept = _at_places([place, *children], {found.statement}, hidden)
    sums = kept[place.code]
    each = {
        child: lines.counted_of(found, kept[child.code].get(found.statement, {}))
        for child in children
    }
    own = CockpitSum.objects.filter(
        statement=found.statement, division_code=place.code, is_rolled=False
    )
    if place.level != VILLAGE and own.exists():
        rows = {(one.month, one.key): _sum(one) for one in own}
        each[Place(place.code, f"{place.name}本级", "own")] = lines.counted_of(found, rows)
    return _page(found, place, sums, _runs(), at, below=each)


def peers(*, by: Actor, page: PanelPage) -> dict[Place, Counted]:
    """Return a village's neighbours of the same township for a panel, where he may see them.

    Raises: NotFound.
    """
    above = divisions.parent(page.place.code)
    if above is None or not may_see(by, page.panel, above):
        return {}
    beside = _known([one for one, _ in tree.below(above) if one != page.place.code])
    hidden = hiding.naming(by, Place(above, "", divisions.level(above)))
    kept = _at_places(beside, {page.panel.statement}, hidden)
    return {
        place: lines.counted_of(page.panel, kept[place.code].get(page.panel.statement, {}))
        for place in beside
    }


def rows(
    *, by: Actor, division_code: str, code: str, key: str, month: str, at: datetime
) -> Drilled:
    """Return the rows of the record behind a figure, as they stand now, of a village or an office.

    Shapes: an empty key means all lines, an empty month all months; of a balance the rows are
    those of the month, and `kept` and `now` are what moved in it.
    Raises: NotFound.
    """
    place, found = _access(by, division_code, code)
    whole = _page(found, place, _own_sums(by, place, found), _runs(), at, below={})
    if key and key not in {one.code for one in whole.lines} and not found.nodes:
        raise NotFound
    told = [
        one
        for one in _live(by, found, place, at)
        if key in ("", one.key) and month in ("", one.month)
    ]
    kept = sum(
        (
            one
            for (when, line), one in whole.counted.sums.items()
            if key in ("", line) and month in ("", when)
        ),
        NOTHING,
    )
    told.sort(key=lambda one: (one.month, abs(one.sum.part)), reverse=True)
    return Drilled(
        page=whole,
        key=key,
        month=month,
        kept=kept,
        now=sum((one.sum for one in told), NOTHING),
        rows=tuple(told[:ROWS_SHOWN]),
        row_count=len(told),
    )


def access_place(*, by: Actor, division_code: str) -> Place:
    """Return a division of the actor's scope. Raises: NotFound."""
    if not scope.can(by, SEE, division_code):
        raise NotFound
    found = _known([division_code])
    if not found:
        raise NotFound
    return found[0]


def below_of(*, by: Actor, place: Place) -> list[Place]:
    """Return the places right below one of the actor's scope."""
    return [one for one in _known([code for code, _ in tree.below(place.code)])
            if scope.can(by, SEE, one.code)]  # fmt: skip


def place_of(division_code: str) -> Place:
    """Return a division whatever the scope: for what the system does itself. Raises: NotFound."""
    found = _known([division_code])
    if not found:
        raise NotFound
    return found[0]


def places_of(codes: Iterable[str]) -> list[Place]:
    """Return divisions of the tree in the order given; unknown ones are left out."""
    return _known(codes)


def months(at: datetime) -> tuple[str, ...]:
    """Return the months of the window, the oldest first."""
    first = rules.first_day(counting.MONTHS, clock.local_date(at))
    start = first.year * 12 + first.month - 1
    return tuple(f"{one // 12}-{one % 12 + 1:02}" for one in range(start, start + counting.MONTHS))


def told(page: PanelPage, key: str = "") -> Sum:
    """Return the figure of a line: the last twelve months, the balance, or as it stands."""
    if page.panel.time == "month":
        window = page.months[-MONTHS_TOLD:]
        return sum(
            (
                one
                for (month, line), one in page.counted.sums.items()
                if month in window and key in ("", line)
            ),
            NOTHING,
        )
    return page.counted.total(key)


def course(page: PanelPage, key: str) -> list[Sum]:
    """Return a line month by month: what happened, or for a balance what stood at its end."""
    if page.panel.time != "balance":
        return [page.counted.at(month, key) for month in page.months]
    gathered, found = page.counted.at("", key), []
    for month in page.months:
        gathered += page.counted.at(month, key)
        found.append(gathered)
    return found


def rows_named(page: PanelPage, wanted: Mapping[str, Sequence[str]]) -> frozen.Rows:
    """Return the rows behind a figure by table and key: ours, or as the county published them."""
    if not looking.reads_a_lake():
        return frozen.read(wanted)
    taken = looking.taken(page.place.code)
    if taken is None:
        return {}
    return frozen.plain(looking.rows(taken, wanted, seconds=SECONDS_MAX))


def own_titles(page: PanelPage) -> Mapping[str, str]:
    """Return what the county of a place calls its own models, as it told above; here nothing."""
    taken = looking.taken(page.place.code) if looking.reads_a_lake() else None
    return taken.manifest.own_titles if taken else {}


def value(panel: Panel, one: Sum) -> int | None:
    """Return the whole number that a sum tells; None where there is nothing to divide by.

    Units: a share in tenths of a percent, a mean in tenths of its unit, else the panel's.
    """
    if panel.of == "rows":
        return one.row_count
    if panel.of == "sum":
        return one.part
    if one.whole <= 0:
        return None
    scale = 1000 if panel.of == "share" else 10
    return (one.part * scale * 2 + one.whole) // (one.whole * 2)


def at_place(page: PanelPage, place: Place, counted: Counted) -> PanelPage:
    """Return the same panel as it stands at another place of the page."""
    return replace(page, place=place, counted=counted)


def _access(by: Actor, division_code: str, code: str) -> tuple[Place, Panel]:
    place = access_place(by=by, division_code=division_code)
    found = catalogue.panels().get(code)
    if found is None or not may_see(by, found, place.code):
        raise NotFound
    return place, found


def _known(codes: Iterable[str]) -> list[Place]:
    wanted = [*codes]
    found = {one.code: one for one in tree.nodes(wanted)}
    return [Place(code, found[code].name, found[code].level) for code in wanted if code in found]


def _sum(one: CockpitSum) -> Sum:
    return Sum(one.part, one.whole, one.row_count)


def _at_places(places_: Sequence[Place], statements: set[str], hidden: Hidden) -> dict[str, Sums]:
    """Return the sums of places, with all below them, less what is hidden; one query for all."""
    rolled = {one.code: one.level != VILLAGE for one in places_}
    found: dict[str, Sums] = {code: {} for code in rolled}
    for one in CockpitSum.objects.filter(division_code__in=rolled, statement__in=statements):
        if one.is_rolled == rolled[one.division_code]:
            kept = found[one.division_code].setdefault(one.statement, {})
            kept[one.month, one.key] = _sum(one)
    return {
        code: hiding.without(sums, code, hidden, is_rolled=rolled[code])
        for code, sums in found.items()
    }


def _own_sums(by: Actor, place: Place, panel: Panel) -> Sums:
    """Return what lies at the place itself, which is what its rows add up to."""
    own = CockpitSum.objects.filter(
        statement=panel.statement, division_code=place.code, is_rolled=False
    )
    sums = {panel.statement: {(one.month, one.key): _sum(one) for one in own}}
    return hiding.without(sums, place.code, hiding.naming(by, place), is_rolled=False)


def _of_tiles(
    place: Place, trees: Sequence[Panel], hidden: Hidden
) -> dict[str, dict[Place, Counted]]:
    """Return the figures of what a tree is drawn of, by panel: villages, or two levels down."""
    if not trees:
        return {}
    level = TILE_LEVELS.get(place.level, VILLAGE)
    is_rolled = level != VILLAGE
    places_ = [Place(code, name, level) for code, name in tree.level_below(place.code, level)]
    of_these = (
        models.Q(division_code__in=[one.code for one in places_])
        if is_rolled
        else models.Q(
            division_code__gte=divisions.prefix(place.code),
            division_code__lt=divisions.prefix(place.code) + ":",
        )
    )
    sums: dict[tuple[str, str], dict[tuple[str, str], Sum]] = {}
    kept = CockpitSum.objects.filter(
        of_these,
        is_rolled=is_rolled,
        statement__in={one.statement for one in trees},
    )
    # Months are added up by the database: a tree tells what stands, not how it came.
    added = kept.values_list("statement", "division_code", "key").annotate(
        models.Sum("part"), models.Sum("whole"), models.Sum("row_count")
    )
    for statement, code, key, *counts in added:
        sums.setdefault((statement, code), {})["", key] = Sum(*counts)
    return {
        panel.code: {
            one: lines.counted_of(
                panel,
                hiding.less(
                    sums.get((panel.statement, one.code), {}),
                    hidden.get((panel.statement, one.code, is_rolled), {}),
                ),
            )
            for one in places_
        }
        for panel in trees
    }


def _runs() -> dict[str, CockpitRun]:
    return {one.statement: one for one in CockpitRun.objects.all()}


def _page(
    panel: Panel,
    place: Place,
    sums: Mapping[str, Mapping[tuple[str, str], Sum]],
    runs: Mapping[str, CockpitRun],
    at: datetime,
    *,
    below: Mapping[Place, Counted],
) -> PanelPage:
    counted = lines.counted_of(panel, sums.get(panel.statement, {}))
    run = runs.get(panel.statement)
    computed_at = run.computed_at if run else None
    return PanelPage(
        panel=panel,
        place=place,
        lines=lines.lines_of(panel, counted, below.values()),
        months=months(at),
        counted=counted,
        computed_at=computed_at,
        is_late=computed_at is None or at - computed_at > LATE_AFTER,
        below=tuple(below.items()),
    )


def _live(by: Actor, panel: Panel, place: Place, at: datetime) -> list[DrilledRow]:
    """Run the statement over the rows of one place as they stand now, or were published last."""
    sql = catalogue.statements()[panel.statement]
    if looking.reads_a_lake():
        return _published(panel, sql, place)
    tables, _ = places.read(engine.check(sql).tables, place.code)
    with engine.warm_session(tables) as session:
        found = session.run(sql, counting.values(at), seconds=SECONDS_MAX)
    told = _told_rows(panel, [row for row in found if row["village_id"] == place.code], at)
    seen = _visible(by, [one.row_id for one in told if one.kind == ALERT])
    return [one for one in told if one.kind != ALERT or one.row_id in seen]


def _published(panel: Panel, sql: str, place: Place) -> list[DrilledRow]:
    """Run the statement over what the county published last, as of its own moment."""
    taken = looking.taken(place.code)
    if taken is None:
        return []
    as_of = taken.manifest.as_of
    given = counting.values_of(taken)
    found = looking.ask(taken, sql, place.code, given, seconds=SECONDS_MAX)
    return _told_rows(panel, found, as_of)


def _told_rows(panel: Panel, found: Iterable[Mapping[str, Any]], at: datetime) -> list[DrilledRow]:
    """Add up the rows of a statement: one for each row of the record, month and line."""
    first = f"{rules.first_day(counting.MONTHS, clock.local_date(at)):%Y-%m}"
    sums: dict[tuple[str, str, str, str], Sum] = {}
    for row in found:
        line = lines.line_of(panel, row["key"] or "")
        if not line:
            continue
        month = row["month"] or ""
        slot = (row["row_kind"], row["row_id"], month if month >= first else "", line)
        sums[slot] = sums.get(slot, NOTHING) + Sum(int(row["part"]), int(row["whole"]), 1)
    return [
        DrilledRow(kind, row_id, month, line, one)
        for (kind, row_id, month, line), one in sums.items()
    ]


def _visible(by: Actor, ext_ids: Sequence[str]) -> set[str]:
    if not ext_ids:
        return set()
    found = alerts.visible_alerts(by).filter(ext_id__in=ext_ids)
    return set(found.values_list("ext_id", flat=True))
