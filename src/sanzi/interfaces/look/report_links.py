"""The sources of a kept report that open for its reader; each kind of page is asked once.

What he may not open leads him nowhere: not on the page, not in the files he takes away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from sanzi.insight.cockpit import opening
from sanzi.insight.cockpit.opening import Door
from sanzi.insight.cockpit.shapes import Place
from sanzi.insight.indices import queries as indices
from sanzi.insight.reports.queries import ReportPage
from sanzi.interfaces.look import panel_links, row_pages
from sanzi.orgs.actors import Actor

FROM: Final = "from"
Source = tuple[str, ...]


def led(page: ReportPage, by: Actor) -> ReportPage:
    """Return a report as its reader is led: a source that does not open for him is taken out."""
    told = {*_sources(page.body)}
    known = _figures(told, page.place, by) | _scores(told, by) | _rows(told, by)
    return replace(page, body=_kept(page.body, known))


def _sources(value: Any) -> Iterator[Source]:
    """Return where everything in a kept body comes from."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            if name == FROM:
                yield from (tuple(each) for each in _listed(one) if each)
            else:
                yield from _sources(one)
    elif isinstance(value, list):
        for one in value:
            yield from _sources(one)


def _listed(kept: Any) -> list[list[str] | None]:
    """Return the sources of a part of a sentence, which has one, or of a row, one a cell."""
    return [kept] if kept is None or isinstance(kept[0], str) else kept


def _kept(value: Any, known: set[Source]) -> Any:
    if isinstance(value, Mapping):
        return {
            name: _opening(one, known) if name == FROM else _kept(one, known)
            for name, one in value.items()
        }
    return [_kept(one, known) for one in value] if isinstance(value, list) else value


def _opening(kept: Any, known: set[Source]) -> Any:
    found = [one if one and tuple(one) in known else None for one in _listed(kept)]
    return found if kept and not isinstance(kept[0], str) else found[0]


def _figures(told: set[Source], place: Place, by: Actor) -> set[Source]:
    doors = {one: _door(*one[1:]) for one in told if one[0] == "panel"}
    opens = opening.opens(by=by, place=place, doors=doors.values())
    return {source for source, door in doors.items() if door in opens}


def _door(code: str, level: str, panel: str, key: str, _month: str) -> Door:
    is_rows = level in panel_links.LAST_LEVELS
    return Door(code, panel, is_rows, key if is_rows else "")


def _scores(told: set[Source], by: Actor) -> set[Source]:
    scores = {one for one in told if one[0] == "index"}
    seen = indices.scores_seen(by=by, ext_ids=(one[1] for one in scores))
    return {one for one in scores if one[1] in seen}


def _rows(told: set[Source], by: Actor) -> set[Source]:
    rows = {one for one in told if one[0] == "row"}
    tables: dict[str, dict[str, Mapping[str, str]]] = {}
    for _, table, row_id, other in sorted(rows):
        # Sorted: of two sources of a row, the one that names its page comes last.
        tables.setdefault(table, {})[row_id] = panel_links.kept_row(other)
    opens = {table: row_pages.urls(by, table, named) for table, named in tables.items()}
    return {one for one in rows if one[2] in opens[one[1]]}
