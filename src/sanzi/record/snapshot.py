"""A copy of the whole record at one moment, for statements that read everything: the night's.

One transaction reads the tables that the statements name, and of these only the columns that they
name, in batches: ten million payments never stand in this process. DuckDB keeps them compressed
in a file of its own, in a folder that only this user opens and that goes with the copy; nothing
else outside the process can be reached. Reference tables come first.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb
import pyarrow as pa
from django.conf import settings
from django.db import connection, transaction

from sanzi.record import engine, extraction, schema
from sanzi.record.engine import Session, Statement

MEMORY: Final = "3GB"
THREADS: Final = 2
PREFIX: Final = "scan-"
LEFT_OVER_AFTER_S: Final = 86_400
Columns = Mapping[str, tuple[str, ...]]
"""Which columns of which tables a copy holds, in the order of the schema."""


def columns_of(statements: Iterable[Statement]) -> dict[str, tuple[str, ...]]:
    """Return the columns that these statements may read, by table, reference tables first."""
    names: dict[str, set[str]] = {}
    for one in statements:
        for table in one.tables:
            names.setdefault(table, set()).update(one.names)
    return {
        table: tuple(
            column.record
            for column in schema.load_tables()[table].record_columns
            if column.record is not None and {column.record, engine.EVERY} & names[table]
        )
        for table in schema.LOAD_ORDER
        if table in names
    }


@contextmanager
def taken(wanted: Columns, *, sessions: int = 1) -> Iterator[list[Session]]:
    """Hold a copy of these tables; yield sessions that may run beside each other, one a thread."""
    with loaded(wanted) as copy:
        yield copy.sessions(sessions)


@contextmanager
def loaded(wanted: Columns) -> Iterator[Copy]:
    """Hold a copy of these tables as they are at one moment."""
    with kept() as copy:
        with one_moment():
            for table, columns in wanted.items():
                copy.load(table, extraction.stream(table, columns))
        yield copy


@contextmanager
def kept() -> Iterator[Copy]:
    """Hold a copy without rows, to be loaded."""
    _sweep()
    settings.SANZI.var.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=PREFIX, dir=settings.SANZI.var) as folder:
        copy = Copy(Path(folder))
        try:
            yield copy
        finally:
            copy.close()


class Copy:
    """A DuckDB in a file, locked down, with the tables of the record."""

    def __init__(self, folder: Path) -> None:
        """Make the file and the empty tables."""
        self._connection = duckdb.connect(str(folder / "record.duckdb"))
        self._connection.execute(f"SET temp_directory = '{folder / 'spilt'}'")
        engine.lock_down(self._connection, memory=MEMORY, threads=THREADS)
        self._connection.execute("BEGIN")
        engine.make_tables(self._connection)
        self._connection.execute("COMMIT")

    def load(self, table: str, batches: Iterable[pa.RecordBatch]) -> None:
        """Add rows to a table; columns that they do not have stay empty.

        Batches are made in this thread, whose database connection they come from.
        """
        self._connection.execute("BEGIN")
        for rows in batches:
            names = ", ".join(rows.schema.names)
            self._connection.register("coming", rows)
            self._connection.execute(
                f"INSERT INTO {engine.PREFIX}{table} ({names}) SELECT {names} FROM coming"  # noqa: S608 - names of the schema
            )
            self._connection.unregister("coming")
        self._connection.execute("COMMIT")

    def sessions(self, count: int) -> list[Session]:
        """Return sessions over the same rows, each for one thread."""
        return [Session(self._connection.cursor(), {}) for _ in range(count)]

    def ask(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Return what the house's own statement says of the copy: measures, never models."""
        rows: list[tuple[Any, ...]] = self._connection.execute(sql, parameters or {}).fetchall()
        return rows

    def stream(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Yield what the house's own statement says of the copy, in batches."""
        yield from self._connection.sql(sql).to_arrow_reader(extraction.BATCH)

    def note(self, name: str, rows: pa.Table) -> None:
        """Lay a small table of the house's own beside the record."""
        self._connection.register("coming", rows)
        self._connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM coming")  # noqa: S608 - a name of the house
        self._connection.unregister("coming")

    def close(self) -> None:
        """Give memory and file back."""
        self._connection.close()


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything as of one moment, whatever others write meanwhile."""
    is_first = not connection.in_atomic_block
    with transaction.atomic():
        if is_first and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _sweep() -> None:
    """Remove the folders of copies whose process was killed."""
    for folder in settings.SANZI.var.glob(f"{PREFIX}*"):
        if time.time() - folder.stat().st_mtime > LEFT_OVER_AFTER_S:
            shutil.rmtree(folder, ignore_errors=True)
