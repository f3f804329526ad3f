"""A sandboxed copy of part of the record, for statements that officers write themselves.

A view says what is in it: the rows of one division and below, and of the tables only the columns
of some classes. What is not allowed is not there: no statement can name it. The copy lives for
one run, under limits of time, memory and rows; it is never written back. What the engine says of
a wrong statement comes back as a kind and a place in the text, for faces to put into words.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import sqlglot
from sqlglot import exp
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify

from sanzi.record import engine, places, schema
from sanzi.record.schema import Column

_PLACE: Final = re.compile(r"LINE (\d+): (.*)\n( *)\^")
_FIRST: Final = re.compile(r'"([^"]*)"')
_KINDS: Final = (
    ("Referenced column", "unknown_column"),
    ("does not have a column named", "unknown_column"),
    ("Referenced table", "unknown_table"),
    ("Table with name", "unknown_table"),
    ("Ambiguous reference", "ambiguous"),
    ("must appear in the GROUP BY", "group"),
    ("cannot contain aggregates", "aggregate"),
    ("aggregate function calls cannot", "aggregate"),
    ("with name", "unknown_function"),
    ("No function matches", "types"),
    ("Cannot compare values", "types"),
    ("explicit cast", "types"),
    ("Could not convert", "convert"),
    ("Conversion Error", "convert"),
    ("same number of result columns", "columns"),
    ("Values were not provided", "parameter"),
    ("syntax error", "syntax"),
    ("Out of Range", "range"),
    ("Overflow", "range"),
)
_SPACE: Final = "SELECT * FROM (\n"
LeftOut = Mapping[str, tuple[str, frozenset[str]]]
"""Rows that are not in a copy: of a table, those whose column holds one of these values."""


@dataclass(frozen=True)
class View:
    """What is in a copy: a division, the classes of columns, the tables that are left out."""

    division_code: str
    classes: frozenset[str]
    hidden: frozenset[str] = frozenset()

    def tables(self) -> Mapping[str, tuple[Column, ...]]:
        """Return the tables that are there, each with the columns that are."""
        return _shape(self.classes, self.hidden)


@dataclass(frozen=True)
class Limits:
    """How far a run may go; `copied_rows` of one table, None for all of them."""

    seconds: float
    memory_mb: int
    rows: int
    copied_rows: int | None = None


@dataclass(frozen=True)
class Answer:
    """What a statement gave: names and types of its columns, rows, and whether more were there."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Any, ...], ...]
    is_cut: bool


class Wrong(ValueError):
    """The engine says no: a kind, the place in the text (1 is first, 0 unknown), its own words."""

    def __init__(self, kind: str, *, line: int = 0, column: int = 0, said: str = "") -> None:
        """Keep what is known."""
        super().__init__(f"{kind} at {line}:{column}: {said}")
        self.kind = kind
        self.line = line
        self.column = column
        self.said = said

    @property
    def names(self) -> tuple[str, ...]:
        """What the engine put into quotes: the name it did not find, then what is near."""
        return tuple(_FIRST.findall(self.said))


class TooManyRows(engine.EngineFailed):
    """A statement gave more rows than it may."""


@lru_cache(maxsize=64)
def _shape(classes: frozenset[str], hidden: frozenset[str]) -> Mapping[str, tuple[Column, ...]]:
    found = {
        name: tuple(one for one in table.record_columns if one.privacy in classes)
        for name, table in schema.load_tables().items()
        if name not in hidden and name in places.places()
    }
    return {name: columns for name, columns in found.items() if columns}


class Sandbox:
    """Rows are loaded; statements may run, within limits. It runs what a session runs."""

    def __init__(
        self, view: View, limits: Limits, tables: Mapping[str, pa.Table], cut: Iterable[str] = ()
    ) -> None:
        """Open an engine of its own with the tables of the view, and load rows into it."""
        self.tables = tables
        self.cut = frozenset(cut)
        self._limits = limits
        self._connection = duckdb.connect(":memory:")
        shape = view.tables()
        narrow = {
            name: rows.select([one.record for one in shape[name]])
            for name, rows in tables.items()
            if name in shape
        }
        try:
            engine.lock_down(self._connection, memory=f"{limits.memory_mb}MB", threads=1)
            engine.make_tables(self._connection, shape)
            for name, held in narrow.items():
                self._load(name, held)
        except duckdb.Error as error:
            self._connection.close()
            raise _told(error) from error

    def close(self) -> None:
        """Give the memory back."""
        self._connection.close()

    def _load(self, name: str, rows: pa.Table) -> None:
        if rows.num_rows == 0:
            return
        self._connection.register("given", rows)
        try:
            self._connection.execute(f"INSERT INTO {engine.PREFIX}{name} SELECT * FROM given")  # noqa: S608 - names of the schema
        finally:
            self._connection.unregister("given")

    def ask(self, sql: str, parameters: Mapping[str, Any], *, seconds: float = 0.0) -> Answer:
        """Return the first rows of a checked statement. Raises: Wrong, engine.BadStatement."""
        most_seconds = min(seconds or self._limits.seconds, self._limits.seconds)
        statement = engine.check(sql)
        wanted = _wanted(statement, parameters)
        plain = sql.strip().rstrip(";")
        most = self._limits.rows
        text = f"{_SPACE}{plain}\n) AS answer LIMIT {most + 1}"
        names, rows = self._timed(text, wanted, most_seconds)
        return Answer(names, rows[:most], is_cut=len(rows) > most)

    def run(
        self, sql: str, parameters: Mapping[str, Any], *, seconds: float = 0.0
    ) -> list[dict[str, Any]]:
        """Return all rows of a checked statement, as a session does.

        Units: `seconds` may only shorten the limit of the sandbox; 0 leaves it.
        Raises: BadStatement, EngineFailed, QueryInterrupted, TooManyRows.
        """
        try:
            answer = self.ask(sql, parameters, seconds=seconds)
        except Wrong as error:
            if error.kind == "time":
                raise engine.QueryInterrupted(str(error)) from error
            raise engine.EngineFailed(str(error)) from error
        if answer.is_cut:
            raise TooManyRows(f"more than {self._limits.rows} rows")
        names = [name for name, _ in answer.columns]
        return [dict(zip(names, row, strict=True)) for row in answer.rows]

    def _timed(
        self, sql: str, wanted: Mapping[str, Any], seconds: float
    ) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[Any, ...], ...]]:
        timer = threading.Timer(seconds, self._connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            parsed = self._connection.extract_statements(sql)
            if len(parsed) != 1 or parsed[0].type != duckdb.StatementType.SELECT:
                raise engine.BadStatement("holds something else than one SELECT")
            cursor = self._connection.execute(parsed[0], wanted)
            names = tuple((one[0], str(one[1])) for one in cursor.description)
            return names, tuple(tuple(row) for row in cursor.fetchall())
        except duckdb.Error as error:
            raise _told(error) from error
        finally:
            timer.cancel()


def _wanted(statement: engine.Statement, parameters: Mapping[str, Any]) -> dict[str, Any]:
    unknown = sorted(statement.parameters - set(parameters))
    if unknown:
        raise Wrong("parameter", said=f'"{unknown[0]}"')
    return {name: parameters[name] for name in sorted(statement.parameters)}


def _told(error: duckdb.Error) -> Wrong:
    """Return what the engine said as a kind and a place in the officer's own text."""
    said = str(error)
    if isinstance(error, duckdb.InterruptException):
        return Wrong("time", said=said)
    if isinstance(error, duckdb.OutOfMemoryException):
        return Wrong("memory", said=said.splitlines()[0])
    kind = next((kind for words, kind in _KINDS if words in said), "other")
    if isinstance(error, duckdb.PermissionException):
        kind = "permission"
    found = _PLACE.search(said)
    line = column = 0
    if found:
        shown = len(f"LINE {found[1]}: ")
        # One line stands before the officer's first; a place behind his last is our own bracket.
        line, column = int(found[1]) - 1, len(found[3]) - shown + 1
        if found[2].startswith(") AS answer LIMIT"):
            line = column = 0
    return Wrong(kind, line=line, column=max(column, 0), said=said.partition("\n\nLINE")[0][:400])


@contextmanager
def opened(
    view: View, names: Iterable[str], limits: Limits, without: LeftOut | None = None
) -> Iterator[Sandbox]:
    """Hold the rows of these tables that the view has, and forget them afterwards.

    Shapes: `without` leaves out the rows of a table whose column holds one of some values.
    """
    wanted = [name for name in names if name in view.tables()]
    rows, cut = places.read(wanted, view.division_code, limits.copied_rows)
    for name, (column, values) in (without or {}).items():
        if name in rows:
            held = pc.is_in(rows[name][column], pa.array(sorted(values), pa.string()))
            rows[name] = rows[name].filter(pc.invert(held))
    with holding(view, rows, limits, cut) as sandbox:
        yield sandbox


@contextmanager
def holding(
    view: View, rows: Mapping[str, pa.Table], limits: Limits, cut: Iterable[str] = ()
) -> Iterator[Sandbox]:
    """Hold these rows, and forget them afterwards."""
    sandbox = Sandbox(view, limits, rows, cut)
    try:
        yield sandbox
    finally:
        sandbox.close()


def origins(sql: str, view: View) -> dict[str, frozenset[tuple[str, str]] | None]:
    """Return the columns (table, column) that each column of an answer is made of.

    None stands for a column that nobody can follow: whole rows, patterns of columns. A name that
    is missing is one that nobody can follow either.
    """
    shape: dict[str, object] = {
        f"{engine.PREFIX}{name}": {one.record or "": one.type for one in columns}
        for name, columns in view.tables().items()
    }
    try:
        tree = qualify(sqlglot.parse_one(sql, dialect="duckdb"), schema=shape, dialect="duckdb")
        names = [one.alias_or_name for one in tree.selects]  # type: ignore[attr-defined]
        return {name: _leaves(name, tree, shape) for name in names}
    except (sqlglot.errors.SqlglotError, RecursionError, ValueError, KeyError):
        return {}


def _leaves(
    name: str, tree: exp.Expr, shape: Mapping[str, object]
) -> frozenset[tuple[str, str]] | None:
    found: set[tuple[str, str]] = set()
    for leaf in lineage(name, tree, schema=dict(shape), dialect="duckdb").walk():
        if leaf.downstream:
            continue
        column = leaf.name.replace('"', "").rpartition(".")[2]
        if isinstance(leaf.source, exp.Table):
            table = leaf.source.name
            held = shape.get(table)
            if not isinstance(held, dict) or column not in held:
                return None
            found.add((table.removeprefix(engine.PREFIX), column))
        elif leaf.expression.find(exp.Column, exp.TableColumn, exp.Star, exp.Columns):
            return None
    return frozenset(found)


def named(sql: str, view: View) -> frozenset[tuple[str, str]]:
    """Return the columns (table, column) that a statement may read, rather one too many."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    words = {one.name for one in tree.find_all(exp.Column, exp.Identifier)}
    is_open = any(tree.find_all(exp.Star, exp.Columns)) or not isinstance(tree, exp.Query)
    read: Sequence[str] = sorted(engine.check(sql).tables)
    # A name of a table or its alias alone is the whole row.
    rows = {one.alias_or_name for one in tree.find_all(exp.Table, exp.CTE, exp.Subquery)}
    columns = tree.find_all(exp.Column, exp.TableColumn)
    alone = {one.name for one in columns if not one.args.get("table")}
    is_open = is_open or bool(rows & alone)
    return frozenset(
        (table, one.record or "")
        for table in read
        for one in view.tables().get(table, ())
        if is_open or one.record in words
    )
