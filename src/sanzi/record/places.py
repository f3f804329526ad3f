"""The rows of one place: which rows of the record belong to a division and what lies below it.

A table belongs by its village, by its body, or by a row of another table that it names; the file
`data/record/closures/places.yaml` says what the columns do not tell. A table that belongs nowhere
is given to nobody. Rows are left out while they are read: no statement sees them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import pyarrow as pa

from sanzi.kernel import divisions, yamls
from sanzi.record import extraction, schema
from sanzi.record.extraction import Only

FILE: Final = schema.FOLDER / "closures" / "places.yaml"
VILLAGE: Final = "village_id"
BODY: Final = "org_id"
KINDS: Final = ("everywhere", "code", "above", "by", "unless")


@dataclass(frozen=True)
class Place:
    """How rows of a table belong: a kind of `KINDS`, its column, or its ties to other tables.

    Shapes: a tie is (own column, other table, its column).
    """

    kind: str
    column: str = ""
    ties: tuple[tuple[str, str, str], ...] = ()

    @property
    def stands_on(self) -> set[str]:
        """The tables that must be read before."""
        return {table for _, table, _ in self.ties}


@cache
def places() -> Mapping[str, Place]:
    """Return how each placed table belongs. Raises SchemaBroken."""
    data = yamls.read(FILE)["places"]
    found = {name: _read(name, item) for name, item in data.items()}
    tables = schema.load_tables()
    for name, table in tables.items():
        columns = {one.record for one in table.record_columns}
        if name in found:
            continue
        if VILLAGE in columns:
            found[name] = Place("code", VILLAGE)
        elif BODY in columns:
            found[name] = Place("by", ties=((BODY, "org", BODY),))
    grown = True
    while grown:
        fresh = {
            name: place
            for name, table in tables.items()
            if name not in found and (place := _by_key(table, found)) is not None
        }
        found |= fresh
        grown = bool(fresh)
    for name, place in found.items():
        _check(name, place, found)
    return found


def _read(name: str, item: Mapping[str, Any]) -> Place:
    kind = next(iter(item), "")
    if len(item) != 1 or kind not in KINDS or name not in schema.load_tables():
        raise schema.SchemaBroken(f"places.yaml: {name}: expected one of {', '.join(KINDS)}")
    if kind in ("code", "above"):
        return Place(kind, item[kind])
    if kind == "everywhere":
        return Place(kind)
    ties = tuple((own, *other.split(".")) for own, other in item[kind])
    return Place(kind, ties=ties)


def _by_key(table: schema.Table, placed: Mapping[str, Place]) -> Place | None:
    for key in table.foreign_keys:
        own = table.column(key.column)
        other = placed.get(key.table)
        if own.required and own.record and other is not None and other.kind != "everywhere":
            name = schema.load_tables()[key.table].column(key.references).record
            return Place("by", ties=((own.record, key.table, name or key.references),))
    return None


def _check(name: str, place: Place, found: Mapping[str, Place]) -> None:
    try:
        if place.column:
            extraction.position(name, place.column)
        for own, table, column in place.ties:
            extraction.position(name, own)
            extraction.position(table, column)
    except KeyError as error:
        raise schema.SchemaBroken(f"places.yaml: {name}: unknown column {error}") from error
    if not place.stands_on <= set(found):
        raise schema.SchemaBroken(f"places.yaml: {name} stands on a table that is placed nowhere")


def order(names: Iterable[str]) -> list[str]:
    """Return these tables and those that they stand on, each after what it stands on."""
    done: list[str] = []

    def visit(name: str) -> None:
        if name in done:
            return
        for other in sorted(places()[name].stands_on):
            visit(other)
        done.append(name)

    for name in sorted(set(names)):
        visit(name)
    return done


def read(
    names: Iterable[str], division_code: str, most: int | None = None
) -> tuple[dict[str, pa.Table], set[str]]:
    """Return the rows of tables at a division and below, and the tables that were cut at `most`.

    Raises: KeyError, for a table that is placed nowhere.
    """
    wanted = set(names)
    rows: dict[str, Sequence[extraction.Row]] = {}
    cut: set[str] = set()
    for name in order(wanted):
        # What others stand on is read whole: a cut there would leave rows out unseen.
        limit = most if name in wanted else None
        found = _rows(name, division_code, rows, limit)
        if limit is not None and len(found) > limit:
            cut.add(name)
            found = found[:limit]
        rows[name] = found
    return {name: extraction.to_arrow(name, rows[name]) for name in wanted}, cut


def _rows(
    name: str,
    division_code: str,
    held: Mapping[str, Sequence[extraction.Row]],
    most: int | None,
) -> list[extraction.Row]:
    place = places()[name]
    if place.kind == "everywhere":
        return extraction.fetch(name)
    if place.kind == "above":
        at = extraction.position(name, place.column)
        return [
            row for row in extraction.fetch(name) if row[at] and _is_near(row[at], division_code)
        ]
    if place.kind == "code":
        return extraction.fetch_under(
            name, place.column, divisions.prefix(division_code), None if most is None else most + 1
        )
    keys = [(own, _values(table, column, held)) for own, table, column in place.ties]
    if place.kind == "unless":
        tests = [(extraction.position(name, own), values) for own, values in keys]
        return [
            row
            for row in extraction.fetch(name)
            if all(not row[one] or row[one] in values for one, values in tests)
        ]
    found: dict[extraction.Row, None] = {}
    for own, values in keys:
        found |= dict.fromkeys(extraction.fetch(name, Only(own, sorted(values))))
    return list(found)


def _is_near(one: str, other: str) -> bool:
    return divisions.is_within(one, other) or divisions.is_within(other, one)


def _values(table: str, column: str, held: Mapping[str, Sequence[extraction.Row]]) -> set[str]:
    at = extraction.position(table, column)
    return {row[at] for row in held[table] if row[at]}
