"""Rows of another version of the schema, read as this program's: where each column comes from.

What an older county called otherwise is called as here, and what a newer one calls otherwise is
called as it was: both tell their changes. What a county does not have is told, so that no model
is asked of what nobody could answer: an absent table is not an empty one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sanzi.record import extraction
from sanzi.record.lake import shape
from sanzi.record.lake.errors import FileUnreadable
from sanzi.record.lake.manifest import Manifest
from sanzi.record.lake.shape import Change

_SQL_TYPES: Final = {
    "string": "VARCHAR", "int64": "BIGINT", "decimal128(18, 2)": "DECIMAL(18, 2)",
    "date32[day]": "DATE", "timestamp[us]": "TIMESTAMP", "bool": "BOOLEAN",
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Where a column of this program comes from: a column, or a value for all; values renamed."""

    column: str = ""
    default: Any = None
    values: Mapping[str, str] = field(default_factory=dict)

    def sql(self, name: str, kind: str, mark: str = '"') -> str:
        """Return the expression of the column; `mark` quotes names, Spark's is another."""
        called = quoted(name, mark)
        if not self.column:
            return f"CAST({literal(self.default)} AS {kind}) AS {called}"
        held = quoted(self.column, mark)
        if not self.values:
            return f"{held} AS {called}"
        whens = " ".join(f"WHEN {literal(o)} THEN {literal(n)}" for o, n in self.values.items())
        return f"CASE {held} {whens} ELSE {held} END AS {called}"


@dataclass(frozen=True)
class Evolved:
    """How the rows of one county are read: table here → its name there and its columns' sources.

    `absent` holds what the county does not have: tables, and columns as `table.column`.
    """

    tables: Mapping[str, tuple[str, Mapping[str, Source]]]
    absent: frozenset[str]

    def lacks(self, columns: Mapping[str, Sequence[str]]) -> list[str]:
        """Return what of these columns by table the county does not have."""
        wanted = set(columns)
        wanted |= {f"{table}.{one}" for table, names in columns.items() for one in names}
        return sorted(wanted & self.absent)


def evolved(found: Manifest) -> Evolved:
    """Return how the rows of a publication are read. Raises: FileUnreadable."""
    known = shape.current()
    described = known.described()
    changes = _changes(known, found)
    tables: dict[str, tuple[str, Mapping[str, Source]]] = {}
    absent: set[str] = set()
    for table in known.tables:
        there = _other(changes, "table", table)
        columns = found.tables.get(there)
        if columns is None:
            absent.add(table)
            continue
        sources = {}
        for name, kind in described[table].items():
            one = _source(changes, table, name, columns)
            if one.column and columns[one.column] != kind:
                why = f"{name} 列的类型是 {columns[one.column]}，应是 {kind}"
                raise FileUnreadable(county=found.county_code, path=table, why=why)
            sources[name] = one
            if not one.column and not _is_told(changes, table, name):
                absent.add(f"{table}.{name}")
        tables[table] = (there, sources)
    return Evolved(tables, frozenset(absent))


def select(table: str, sources: Mapping[str, Source], columns: Sequence[str]) -> str:
    """Return the expressions of these columns of a table, for a SELECT."""
    kinds = {one.name: _SQL_TYPES[str(one.type)] for one in extraction.arrow_schema(table)}
    return ", ".join(sources[name].sql(name, kinds[name]) for name in columns)


def quoted(name: str, mark: str = '"') -> str:
    """Return a name as it stands in a statement: names of schemas are plain."""
    if not name.replace("_", "").isalnum() or not name.isascii():
        raise ValueError(name)
    return f"{mark}{name}{mark}"


def literal(value: Any) -> str:
    """Return a value as it stands in a statement."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


@dataclass(frozen=True)
class _Step:
    """A change as it is read: `here` of this program is `there` of the county's."""

    kind: str
    table: str
    column: str
    here: str
    there: str
    default: Any = None


def _changes(known: shape.Shape, found: Manifest) -> list[_Step]:
    """Return the steps between the county's version and ours, the newest first."""
    if found.version <= known.version:
        ours = [one for one in known.changed if one.version > found.version]
        newest_first = sorted(ours, key=lambda one: -one.version)
        return [_step(one, is_ours=True) for one in newest_first]
    theirs = [shape.change(one) for one in found.changed]
    newer = sorted(
        (one for one in theirs if one.version > known.version), key=lambda one: one.version
    )
    return [_step(one, is_ours=False) for one in newer]


def _step(one: Change, *, is_ours: bool) -> _Step:
    here, there = (one.new, one.old) if is_ours else (one.old, one.new)
    return _Step(one.kind, one.table, one.column, here, there, one.default)


def _other(steps: Sequence[_Step], kind: str, name: str, table: str = "") -> str:
    """Return what the county calls a table, or a column of one."""
    for one in steps:
        if one.kind == kind and one.here == name and (not table or one.table == table):
            name = one.there
    return name


def _source(steps: Sequence[_Step], table: str, name: str, columns: Mapping[str, str]) -> Source:
    there = _other(steps, "column", name, table)
    if there not in columns:
        told = [o for o in steps if (o.kind, o.table, o.column) == ("added", table, name)]
        return Source(default=told[0].default if told else None)
    values = {
        one.there: one.here
        for one in steps
        if (one.kind, one.table, one.column) == ("value", table, name)
    }
    return Source(column=there, values=values)


def _is_told(steps: Sequence[_Step], table: str, name: str) -> bool:
    return any((o.kind, o.table, o.column) == ("added", table, name) for o in steps)
