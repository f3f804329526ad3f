"""How the record is read from the application: one SQL text per table, one transport.

`data/record/<table>.sql` is the only place where application tables and columns are named for
the record. It is read through the current Django connection, inside the caller's transaction, so
that a gate sees an uncommitted draft and the nightly scan reads the same way. Answers become
Arrow tables typed by `data/record/<table>.yaml`: both engines give text for days and times, and
empty text is no value. Times are local (UTC+8), so that a day is the day people mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from sanzi.record import schema

CHUNK: Final = 800
BATCH: Final = 122_880
"""Rows read at a time: what DuckDB lays down at a time."""
_EAST_8: Final = pa.scalar(timedelta(hours=8), pa.duration("us"))
_ARROW: Final = {
    "string": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.decimal128(18, 2),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
    "boolean": pa.bool_(),
}

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Only:
    """Keep rows whose record column holds one of these values."""

    column: str
    values: Sequence[str]


@dataclass(frozen=True)
class Since:
    """Keep rows whose time is not before `at`: the first of these record columns that holds one."""

    columns: Sequence[str]
    at: datetime


@cache
def statement(table: str, columns: tuple[str, ...] | None = None) -> str:
    """Return the SQL of a table: its columns (or these) in the order of the schema, plain types.

    Days and times are cast to text, which both engines write alike.
    """
    inner = (schema.FOLDER / f"{table}.sql").read_text(encoding="utf-8").rstrip()
    wanted = ", ".join(
        f"CAST(t.{column.record} AS TEXT)" if column.type in ("date", "datetime")
        else f"t.{column.record}"
        for column in schema.load_tables()[table].record_columns
        if columns is None or column.record in columns
    )  # fmt: skip
    return f"SELECT {wanted} FROM (\n{inner}\n) t"  # noqa: S608 - texts of this package


@cache
def arrow_schema(table: str) -> pa.Schema:
    """Return the Arrow schema of a table of the record."""
    return pa.schema(
        [
            (column.record, _ARROW[column.type])
            for column in schema.load_tables()[table].record_columns
        ],
    )


@cache
def position(table: str, column: str) -> int:
    """Return where a record column stands in a row. Raises KeyError when it is unknown."""
    index = arrow_schema(table).get_field_index(column)
    if index < 0:
        raise KeyError(f"{table}.{column}")
    return int(index)


def fetch(
    table: str, only: Only | None = None, since: Since | None = None, also: Only | None = None
) -> list[Row]:
    """Return rows of a table as plain tuples, in the order of the schema.

    Shapes: `only` is asked for in chunks, so that any number of values may be given; `also` holds
    a few, and all of them are asked for at once.
    """
    if only is None:
        return _run(statement(table), [])
    position(table, only.column)
    test, more = _held(table, also)
    if since is not None:
        names = ", ".join(f"t.{name}" for name in since.columns if position(table, name) >= 0)
        first = f"COALESCE({names})" if len(since.columns) > 1 else names
        test += f" AND {first} >= %s"
        more = [*more, connection.ops.adapt_datetimefield_value(since.at)]
    rows: list[Row] = []
    for chunk in _chunks(only.values):
        rows += _some(table, only.column, chunk, (test, more))
    return rows


def fetch_under(table: str, column: str, prefix: str, most: int | None = None) -> list[Row]:
    """Return rows whose column holds a division code under a prefix, at most so many."""
    position(table, column)
    sql = f"{statement(table)} WHERE t.{column} >= %s AND t.{column} < %s"
    # A range, not LIKE: a digit is never above a colon.
    values: list[Any] = [prefix, f"{prefix}:"]
    if most is not None:
        sql, values = f"{sql} LIMIT %s", [*values, most]
    return _run(sql, values)


def stored_keys(table: str, keys: set[str]) -> set[str]:
    """Return which of these keys of a table are stored, for the check of a package."""
    [name] = schema.load_tables()[table].primary_key
    place = position(table, name)
    return {str(row[place]) for row in fetch(table, Only(name, sorted(keys)))}


def moment(text: str) -> datetime:
    """Return a time of a fetched row, aware: both engines give UTC, one of them without saying."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def to_arrow(table: str, rows: Sequence[Row]) -> pa.Table:
    """Return rows as an Arrow table typed by the schema."""
    shape = arrow_schema(table)
    return pa.Table.from_batches([_batch(rows, shape)], shape) if rows else shape.empty_table()


def stream(table: str, columns: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
    """Yield columns of a whole table, in the order of the schema, `BATCH` rows at a time.

    Reads while it is read: in the caller's thread and transaction, by a cursor of the server
    where it has one.
    """
    whole = arrow_schema(table)
    shape = pa.schema([field for field in whole if field.name in columns])
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement(table, columns))
        while rows := cursor.fetchmany(BATCH):
            yield _batch(rows, shape)


def _batch(rows: Sequence[Row], shape: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    return pa.record_batch(
        [_column(values, field.type) for values, field in zip(columns, shape, strict=True)],
        schema=shape,
    )


def read(tables: Iterable[str]) -> dict[str, pa.Table]:
    """Return whole tables of the record by name."""
    return {table: to_arrow(table, fetch(table)) for table in tables}


def _some(table: str, column: str, chunk: Sequence[str], more: tuple[str, list[Any]]) -> list[Row]:
    """Return the rows whose column holds one of the values, and for which `more` holds.

    PostgreSQL gets the values as an array: the text is then the same for any number of them, and
    the statement is planned once a connection. To plan the eleven joins of a payment takes longer
    than to run them.
    """
    test, values = more
    if connection.vendor == "postgresql":
        sql = f"{statement(table)} WHERE t.{column} = ANY(%s::text[]){test}"
        return _run_prepared(sql, [list(chunk), *values])
    # That it holds something goes without saying, but only so told does SQLite turn the LEFT JOIN
    # that brings it around and begin with the values: else it walks through the whole table.
    held = f"t.{column} IS NOT NULL AND t.{column} IN ({_marks(chunk)})"
    return _run(f"{statement(table)} WHERE {held}{test}", [*chunk, *values])


def _held(table: str, also: Only | None) -> tuple[str, list[Any]]:
    """Return the test that a column holds one of a few values, and what stands in its places."""
    if also is None:
        return "", []
    position(table, also.column)
    if connection.vendor == "postgresql":
        return f" AND t.{also.column} = ANY(%s::text[])", [list(also.values)]
    return f" AND t.{also.column} IN ({_marks(also.values)})", list(also.values)


def _run(sql: str, values: list[Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        rows: list[Row] = cursor.fetchall()
    return rows


def _run_prepared(sql: str, values: list[Any]) -> list[Row]:
    # Django's own cursors write the values into the text, which no server can prepare.
    import psycopg

    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(sql, values, prepare=True)
        rows: list[Row] = cursor.fetchall()
    return rows


def _column(values: tuple[Any, ...], kind: pa.DataType) -> pa.Array:
    if pa.types.is_timestamp(kind):
        text = pc.replace_substring(pa.array(values, pa.string()), "+00", "")
        return pc.add(pc.cast(text, kind), _EAST_8)
    if pa.types.is_date(kind):
        return pc.cast(pa.array(values, pa.string()), kind)
    if pa.types.is_boolean(kind):
        return pa.array([None if value is None else bool(value) for value in values], kind)
    if pa.types.is_decimal(kind):
        exact = [None if value is None else Decimal(str(value)) for value in values]
        return pa.array(exact, kind)
    if pa.types.is_string(kind):
        return pa.array([value or None for value in values], kind)
    return pa.array(values, kind)


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def _marks(values: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(values))
