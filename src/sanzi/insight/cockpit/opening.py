"""Which figures lead to a page that opens for an officer, asked of many at once.

The answers are those that `panels.panel` and `panels.rows` give one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sanzi.insight.cockpit import catalogue, hiding, lines, panels
from sanzi.insight.cockpit.shapes import Counted, Panel, Place, Sum
from sanzi.insight.models import CockpitSum
from sanzi.orgs.actors import Actor


@dataclass(frozen=True)
class Door:
    """Where a figure leads: the panel of a place, or the rows there, of a line or of all."""

    division_code: str
    panel: str
    is_rows: bool = False
    line: str = ""


def opens(*, by: Actor, place: Place, doors: Iterable[Door]) -> set[Door]:
    """Return those of the doors that open; all lie at a place or below it."""
    known = catalogue.panels()
    asked = {
        one
        for one in doors
        if one.panel in known and panels.may_see(by, known[one.panel], one.division_code)
    }
    there = {one.code for one in panels.places_of({one.division_code for one in asked})}
    asked = {one for one in asked if one.division_code in there}
    lined = {one for one in asked if one.is_rows and one.line and not known[one.panel].nodes}
    told = _told(by, place, {one for one in lined if known[one.panel].is_open_ended}, known)
    return {
        one
        for one in asked
        if one not in lined or one.line in _lines(known[one.panel], told.get(one, Counted()))
    }


def _lines(panel: Panel, counted: Counted) -> set[str]:
    return {one.code for one in lines.lines_of(panel, counted, ())}


def _told(
    by: Actor, place: Place, doors: set[Door], known: Mapping[str, Panel]
) -> dict[Door, Counted]:
    """Return what lies at the places of these doors themselves, less what names the actor."""
    if not doors:
        return {}
    kept: dict[str, hiding.Sums] = {}
    for one in CockpitSum.objects.filter(
        statement__in={known[door.panel].statement for door in doors},
        division_code__in={door.division_code for door in doors},
        is_rolled=False,
    ):
        of = kept.setdefault(one.division_code, {}).setdefault(one.statement, {})
        of[one.month, one.key] = Sum(one.part, one.whole, one.row_count)
    naming = hiding.naming(by, place)
    read = {
        code: hiding.without(sums, code, naming, is_rolled=False) for code, sums in kept.items()
    }
    return {
        one: lines.counted_of(
            panel := known[one.panel], read.get(one.division_code, {}).get(panel.statement, {})
        )
        for one in doors
    }
