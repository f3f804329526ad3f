"""What a night leaves for the next: a mark for the rows of each village, and what crosses villages.

A mark is a digest over all rows of a table that lie in one village, of the columns that were
read: other rows give another mark. A crossing is a village whose rows share a key with rows of
another, tie by tie. Both are asked of the copy that the night reads anyway, so nothing depends on
who told of a change. They hold codes and digests, nothing that a person could be known by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import pyarrow as pa

from sanzi.record import engine, places, reach, schema
from sanzi.record.reach import Tie
from sanzi.record.snapshot import Columns, Copy

PLACE: Final = "_village"
NOWHERE: Final = ""
UPPER: Final = "000"
"""What the code of a place above the villages ends in."""
MARKS: Final = pa.schema([("name", pa.string()), ("village", pa.string()), ("mark", pa.string())])
CROSSINGS: Final = pa.schema([("tie", pa.string()), ("village", pa.string())])


@dataclass(frozen=True)
class Changes:
    """Which villages' rows differ from those of the night before, by table."""

    villages: Mapping[str, frozenset[str]]

    def of(self, tables: Iterable[str]) -> frozenset[str]:
        """Return the villages where rows of any of these tables differ."""
        return frozenset().union(*(self.villages.get(one, frozenset()) for one in tables))


def wanted(read: Columns, ties: Iterable[Tie]) -> dict[str, tuple[str, ...]]:
    """Return the columns that a copy must hold so that its rows can be placed and tied too."""
    names: dict[str, set[str]] = {table: set(columns) for table, columns in read.items()}
    for tie in ties:
        for table, column in tie.left | tie.right:
            names.setdefault(table, set()).add(column)
    for table in places.order(one for one in names if one in places.places()):
        place = places.places()[table]
        held = names.setdefault(table, set())
        if place.column:
            held.add(place.column)
        if not reach.is_common(table):
            for own, other, column in place.ties:
                held.add(own)
                names.setdefault(other, set()).add(column)
    for table in names.keys() & places.places().keys():
        if places.places()[table].column:
            names[table].add(places.places()[table].column)
    return {
        table: tuple(
            str(one.record)
            for one in schema.load_tables()[table].record_columns
            if one.record in names[table]
        )
        for table in schema.LOAD_ORDER
        if table in names
    }


@cache
def placed(table: str) -> str:
    """Return the rows of a table with their village, as SQL of the house's own."""
    name = f"{engine.PREFIX}{table}"
    if reach.is_common(table):
        return f"(SELECT s.*, '' AS {PLACE} FROM {name} s)"  # noqa: S608 - names of the schema
    place = places.places()[table]
    if place.column:
        return f"(SELECT s.*, COALESCE(s.{place.column}, '') AS {PLACE} FROM {name} s)"  # noqa: S608 - the same
    joins, found = [], []
    for number, (own, other, column) in enumerate(place.ties):
        joins.append(
            f" LEFT JOIN (SELECT o.{column} AS k, MIN(o.{PLACE}) AS v FROM {placed(other)} o"  # noqa: S608 - the same
            f" GROUP BY o.{column}) p{number} ON p{number}.k = s.{own}"
        )
        found.append(f"p{number}.v")
    return (
        f"(SELECT s.*, COALESCE({', '.join(found)}, '') AS {PLACE}"  # noqa: S608 - the same
        f" FROM {name} s{''.join(joins)})"
    )


def marks(copy: Copy, held: Columns) -> pa.Table:
    """Return the marks of all tables that a copy holds."""
    rows: list[tuple[str, str, str]] = []
    for table, columns in held.items():
        names = ", ".join(columns)
        rows += copy.ask(
            f"SELECT '{table}', r.{PLACE}, concat(COUNT(*), ':', SUM(HASH({names})))"  # noqa: S608 - the same
            f" FROM {placed(table)} r GROUP BY r.{PLACE}"
        )
    return _table(rows, MARKS)


def changes(copy: Copy, old: pa.Table, new: pa.Table) -> Changes:
    """Return where the marks of two nights differ: other rows, rows that came, rows that went."""
    copy.note("marks_before", old)
    copy.note("marks_now", new)
    found: dict[str, set[str]] = {}
    for table, village in copy.ask(
        "SELECT COALESCE(n.name, b.name), COALESCE(n.village, b.village)"
        " FROM marks_now n FULL JOIN marks_before b ON b.name = n.name AND b.village = n.village"
        " WHERE n.mark IS DISTINCT FROM b.mark"
    ):
        found.setdefault(table, set()).add(village)
    return Changes({table: frozenset(villages) for table, villages in found.items()})


def label(tie: Tie) -> str:
    """Return a tie as text, the same every night."""
    left, right = (",".join(sorted(map(".".join, side))) for side in (tie.left, tie.right))
    return f"{left}={right}{'?' if tie.with_none else ''}"


def crossings(copy: Copy, ties: Iterable[Tie], among: Changes | None = None) -> pa.Table:
    """Return the villages whose rows meet rows of other villages, by tie.

    With `among`, only what a row of a changed village takes part in: all that can be new.
    """
    rows: list[tuple[str, str]] = []
    for tie in sorted(ties, key=label):
        hot = None if among is None else among.of(tie.tables)
        if hot is None or hot:
            name = label(tie)
            if hot is not None:
                copy.note("hot", _listed(hot))
            sql = _crossing(tie, is_narrow=hot is not None)
            rows += [(name, village) for (village,) in copy.ask(sql)]
    return _table(rows, CROSSINGS)


def _crossing(tie: Tie, *, is_narrow: bool) -> str:
    sides = [_values(side, with_none=tie.with_none) for side in (tie.left, tie.right)]
    if tie.left == tie.right:
        sides = sides[:1]
    first, last = sides[0], sides[-1]
    narrow = ""
    if is_narrow:
        seeds = " UNION ".join(
            f"SELECT x.k FROM ({one}) x WHERE x.v IN (SELECT village FROM hot)"  # noqa: S608 - the same
            for one in sides
        )
        narrow = f" WHERE s.k IN ({seeds})"
    both = " UNION ALL ".join(f"({one})" for one in sides)
    apart = (
        "SELECT a.k FROM (SELECT s.k, MIN(s.v) AS low, MAX(s.v) AS high"  # noqa: S608 - the house's own
        f" FROM ({first}) s{narrow} GROUP BY s.k) a"
        " JOIN (SELECT s.k, MIN(s.v) AS low, MAX(s.v) AS high"
        f" FROM ({last}) s{narrow} GROUP BY s.k) b ON b.k = a.k"
        " WHERE LEAST(a.low, b.low) <> GREATEST(a.high, b.high)"
    )
    return f"SELECT DISTINCT t.v FROM ({both}) t WHERE t.k IN ({apart})"  # noqa: S608 - the same


def _values(keys: Iterable[reach.Key], *, with_none: bool) -> str:
    """Return the values of these columns with the villages of their rows."""
    found = []
    for table, column in sorted(keys):
        value = f"CAST(r.{column} AS VARCHAR)"
        if with_none:
            value = f"COALESCE({value}, '')"
        test = "" if with_none else f" WHERE r.{column} IS NOT NULL"
        found.append(f"SELECT {value} AS k, r.{PLACE} AS v FROM {placed(table)} r{test}")  # noqa: S608 - the same
    return " UNION ALL ".join(found)


def villages(copy: Copy, table: str, condition: str, parameters: Mapping[str, Any]) -> set[str]:
    """Return the villages of the rows of a table for which a condition holds."""
    sql = f"SELECT DISTINCT r.{PLACE} FROM {placed(table)} r WHERE {condition}"  # noqa: S608 - the same
    return {village for (village,) in copy.ask(sql, parameters)}


def part(copy: Copy, into: Copy, held: Columns, asked: frozenset[str]) -> None:
    """Lay the rows of these villages, and those of no village, into another copy."""
    copy.note("asked", _listed(asked))
    for table, columns in held.items():
        listed = ", ".join(f"r.{one}" for one in columns)
        sql = f"SELECT {listed} FROM {placed(table)} r"  # noqa: S608 - the same
        if not reach.is_common(table):
            sql = f"{sql} WHERE r.{PLACE} IN (SELECT village FROM asked)"  # noqa: S608 - the same
        into.load(table, copy.stream(sql))


def is_upper(village: str) -> bool:
    """Whether rows lie above the villages or nowhere: they are read with every village."""
    return not village or village.endswith(UPPER)


def _listed(villages: Iterable[str]) -> pa.Table:
    return pa.table({"village": pa.array(sorted(villages), pa.string())})


def _table(rows: Sequence[tuple[str, ...]], shape: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(shape)
    return pa.table(
        [pa.array(values, field.type) for values, field in zip(columns, shape, strict=True)],
        schema=shape,
    )
