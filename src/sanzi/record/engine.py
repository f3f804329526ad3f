"""The one door to DuckDB: a private, sandboxed copy of record tables, and the check of statements.

A session loads Arrow tables into native tables inside one transaction, runs statements and rolls
back, so that a warm connection never keeps a row. Nothing outside the process can be reached:
no files, no network, no extensions, and the configuration is locked. A statement must be one
SELECT over staging views; who writes models reads `docs/how-to/add-an-alert-model.md`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeVar

import duckdb
import pyarrow as pa
import sqlglot
from sqlglot import exp

from sanzi.record import schema

Node = TypeVar("Node", bound=exp.Expr)
PREFIX: Final = "stg_"
_SQL_TYPES: Final = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "decimal": "DECIMAL(18, 2)",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "boolean": "BOOLEAN",
}
_LOCK_DOWN: Final = (
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET enable_external_access = false",
    "SET memory_limit = '{memory}'",
    "SET threads = {threads}",
    "SET lock_configuration = true",
)
_REFUSED: Final[tuple[tuple[type[exp.Expression], str], ...]] = (
    (exp.Anonymous, "a function that is not known: {sql}"),
    (exp.UserDefinedFunction, "a function of its own"),
    (exp.Div, "a division, which gives a double: multiply instead ({sql})"),
    (exp.Into, "SELECT INTO"),
    (exp.Lateral, "LATERAL"),
    (exp.TableSample, "a sample, which differs from run to run"),
    (exp.Rand, "a random value"),
    (exp.CurrentDate, "the clock: use $as_of"),
    (exp.CurrentTimestamp, "the clock: use $as_of"),
)


class BadStatement(ValueError):
    """A statement is not one that the engine runs: the text says what it holds."""


class EngineFailed(RuntimeError):
    """A statement failed while it ran: the text is the engine's."""


class QueryInterrupted(RuntimeError):
    """A statement ran longer than it may."""


@dataclass(frozen=True)
class Statement:
    """A checked statement: its text, the tables it reads (without `stg_`), its parameters."""

    sql: str
    tables: frozenset[str]
    parameters: frozenset[str]


@lru_cache(maxsize=4096)
def check(sql: str) -> Statement:
    """Return the statement when the engine may run it.

    Raises: BadStatement, for anything but one SELECT over staging views with named parameters.
    """
    try:
        parsed = [one for one in sqlglot.parse(sql, dialect="duckdb") if one is not None]
    except sqlglot.errors.SqlglotError as error:
        raise BadStatement(f"is not SQL: {str(error).splitlines()[0]}") from error
    if len(parsed) != 1 or not isinstance(parsed[0], exp.Select | exp.SetOperation):
        raise BadStatement("holds something else than one SELECT")
    # One walk: each look for a kind of its own would walk the whole tree again.
    nodes = list(parsed[0].walk())
    for kind, words in _REFUSED:
        for found in _of(nodes, kind):
            raise BadStatement(f"holds {words.format(sql=found.sql('duckdb'))}")
    _check_order_and_group(nodes)
    _check_casts(nodes)
    return Statement(sql, _tables(nodes), _parameters(nodes))


def _of(nodes: Sequence[exp.Expr], *kinds: type[Node]) -> Iterator[Node]:
    return (one for one in nodes if isinstance(one, kinds))


def _check_order_and_group(nodes: Sequence[exp.Expr]) -> None:
    for order in _of(nodes, exp.Order):
        if not isinstance(order.parent, exp.Window):
            raise BadStatement("holds ORDER BY: the order is made where rows are shown")
    for group in _of(nodes, exp.Group):
        if group.args.get("all") is not None:
            raise BadStatement("holds GROUP BY ALL, which other engines do not know")
    for limit in _of(nodes, exp.Limit):
        raise BadStatement(f"holds {limit.sql('duckdb').strip()}, which drops findings")


def _check_casts(nodes: Sequence[exp.Expr]) -> None:
    for cast in _of(nodes, exp.Cast):
        if cast.to.is_type("double", "float"):
            raise BadStatement("holds a double: money is whole fen")


def _tables(nodes: Sequence[exp.Expr]) -> frozenset[str]:
    own = {cte.alias for cte in _of(nodes, exp.CTE)}
    known = {f"{PREFIX}{name}" for name in schema.load_tables()}
    found = set()
    for table in _of(nodes, exp.Table):
        if not isinstance(table.this, exp.Identifier) or table.db or table.catalog:
            raise BadStatement(f"reads {table.sql('duckdb')}, which is no staging view")
        name = table.name
        if name in own:
            continue
        if name not in known:
            raise BadStatement(f"reads {name}, which is no staging view")
        found.add(name.removeprefix(PREFIX))
    return frozenset(found)


def _parameters(nodes: Sequence[exp.Expr]) -> frozenset[str]:
    names = set()
    for one in _of(nodes, exp.Parameter, exp.Placeholder):
        name = one.name
        if not name or name.isdigit() or name == "?":
            raise BadStatement("holds a parameter without a name")
        names.add(name)
    return frozenset(names)


def lock_down(connection: duckdb.DuckDBPyConnection, *, memory: str, threads: int) -> None:
    """Close the outside world to a database, for good."""
    for line in _LOCK_DOWN:
        connection.execute(line.format(memory=memory, threads=threads))


def make_tables(
    connection: duckdb.DuckDBPyConnection,
    shape: Mapping[str, Sequence[schema.Column]] | None = None,
) -> None:
    """Make the staging tables, empty: all of the record, or those of a shape."""
    whole = {name: table.record_columns for name, table in schema.load_tables().items()}
    for name, wanted in (whole if shape is None else shape).items():
        columns = ", ".join(f"{c.record} {_SQL_TYPES[c.type]}" for c in wanted)
        connection.execute(f"CREATE TABLE {PREFIX}{name} ({columns})")


def make_view(
    connection: duckdb.DuckDBPyConnection, table: str, held: str, names: Sequence[str]
) -> None:
    """Put a view in the place of an empty staging table, over a table of these columns alone."""
    whole = schema.load_tables()[table].record_columns
    stored = ", ".join(f"{c.record} {_SQL_TYPES[c.type]}" for c in whole if c.record in names)
    shown = ", ".join(
        str(c.record) if c.record in names else f"CAST(NULL AS {_SQL_TYPES[c.type]}) AS {c.record}"
        for c in whole
    )
    connection.execute(f"DROP TABLE {PREFIX}{table}")
    connection.execute(f"CREATE TABLE {held} ({stored})")
    connection.execute(f"CREATE VIEW {PREFIX}{table} AS SELECT {shown} FROM {held}")  # noqa: S608 - names of the schema


class Engine:
    """One private DuckDB with empty typed tables, for one thread at a time."""

    def __init__(self, *, memory: str = "512MB", threads: int = 1) -> None:
        """Open it, lock it and make the tables."""
        self._connection = duckdb.connect(":memory:")
        self._parsed: dict[str, duckdb.Statement] = {}
        lock_down(self._connection, memory=memory, threads=threads)
        make_tables(self._connection)

    @contextmanager
    def session(self, tables: Mapping[str, pa.Table]) -> Iterator[Session]:
        """Hold these rows for the statements of one run, and forget them."""
        self._connection.execute("BEGIN")
        try:
            for name, rows in tables.items():
                self._load(name, rows)
            yield Session(self._connection, self._parsed)
        finally:
            self._connection.execute("ROLLBACK")

    def _load(self, name: str, rows: pa.Table) -> None:
        if rows.num_rows == 0:
            return
        view = f"arrow_{name}"
        self._connection.register(view, rows)
        try:
            self._connection.execute(f"INSERT INTO {PREFIX}{name} SELECT * FROM {view}")  # noqa: S608 - names of the schema
        finally:
            self._connection.unregister(view)

    def close(self) -> None:
        """Give the memory back."""
        self._connection.close()


class Session:
    """Rows are loaded; statements may run."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, parsed: dict[str, duckdb.Statement]
    ) -> None:
        """Stand on the engine's connection and its parsed statements."""
        self._connection = connection
        self._parsed = parsed

    def run(
        self, sql: str, parameters: Mapping[str, Any], *, seconds: float = 60.0
    ) -> list[dict[str, Any]]:
        """Return the rows of a checked statement; parameters it does not name are left out.

        Raises: BadStatement; QueryInterrupted after `seconds`; EngineFailed.
        """
        statement = check(sql)
        wanted = {name: parameters[name] for name in sorted(statement.parameters)}
        # Parsing once an engine saves a quarter of the time of a small run.
        if sql not in self._parsed:
            self._parsed[sql] = self._connection.extract_statements(statement.sql)[0]
        timer = threading.Timer(seconds, self._connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            answer = self._connection.execute(self._parsed[sql], wanted)
            names = [column[0] for column in answer.description]
            return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
        except duckdb.InterruptException as error:
            raise QueryInterrupted(f"ran longer than {seconds} s") from error
        except duckdb.Error as error:
            raise EngineFailed(str(error).splitlines()[0]) from error
        finally:
            timer.cancel()

    def describe(self, sql: str, parameters: Mapping[str, Any]) -> dict[str, str]:
        """Return the columns of a checked statement with their types, without running it."""
        statement = check(sql)
        wanted = {name: parameters[name] for name in sorted(statement.parameters)}
        rows = self._connection.execute(f"DESCRIBE {statement.sql}", wanted).fetchall()
        return {str(row[0]): str(row[1]) for row in rows}


_idle: list[Engine] = []
_lock: Final = threading.Lock()


@contextmanager
def warm_session(tables: Mapping[str, pa.Table]) -> Iterator[Session]:
    """Hold rows in a warm engine of this process: what the gates use.

    An engine that met an error is thrown away.
    """
    with _lock:
        engine = _idle.pop() if _idle else None
    engine = engine or Engine()
    try:
        with engine.session(tables) as session:
            yield session
    except BaseException:
        engine.close()
        raise
    with _lock:
        _idle.append(engine)
