"""A copy of the whole record at one moment, for statements that read everything: the night's.

One transaction reads the tables that the statements name, and of these only the columns that they
read, in batches. A small copy lies in memory, where it is laid down and read twice as fast; ten
million payments lie compressed in a file of DuckDB's own, in a folder that only this user opens
and that goes with the copy. Before a statement is asked that others wrote, nothing else outside
the process can be reached. Reference tables come first.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb
import pyarrow as pa
from django.conf import settings
from django.db import connection, transaction
from pyarrow.parquet import ParquetFile

from sanzi.record import columns, engine, extraction, schema
from sanzi.record.engine import Session, Statement

MEMORY: Final = "3GB"
THREADS: Final = 2
SMALL: Final = 1 << 30
"""How many bytes lie in memory: a third of what the copy may have, the rest is to work with."""
PREFIX: Final = "scan-"
HELD: Final = "held_"
LEFT_OVER_AFTER_S: Final = 86_400
BYTES_A_VALUE: Final = 16
Columns = Mapping[str, tuple[str, ...]]
"""Which columns of which tables a copy holds, in the order of the schema."""


def columns_of(statements: Iterable[Statement]) -> dict[str, tuple[str, ...]]:
    """Return the columns that these statements read, by table, reference tables first."""
    names: dict[str, set[str]] = {}
    for one in statements:
        for table, read in columns.of(one.sql).items():
            names.setdefault(table, set()).update(read)
    return {
        table: tuple(
            column.record
            for column in schema.load_tables()[table].record_columns
            if column.record in names[table]
        )
        for table in schema.LOAD_ORDER
        if table in names
    }


@contextmanager
def taken(wanted: Columns, *, sessions: int = 1) -> Iterator[list[Session]]:
    """Hold a copy of these tables; yield at most so many sessions, one for each thread."""
    with loaded(wanted) as copy:
        yield copy.sessions(sessions)


@contextmanager
def loaded(wanted: Columns) -> Iterator[Copy]:
    """Hold a copy of these tables as they are at one moment."""
    with kept(size=_size()) as copy:
        with one_moment():
            for table, names in wanted.items():
                copy.load(table, extraction.stream(table, names))
        yield copy


@contextmanager
def kept(*, size: int) -> Iterator[Copy]:
    """Hold a copy without rows, to be loaded with about so many bytes."""
    _sweep()
    settings.SANZI.var.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=PREFIX, dir=settings.SANZI.var) as folder:
        copy = Copy(Path(folder), size)
        try:
            yield copy
        finally:
            copy.close()


class Copy:
    """A DuckDB of its own with the tables of the record; locked down once sessions were asked for.

    Until then only the house has spoken to it.
    """

    def __init__(self, folder: Path, size: int) -> None:
        """Make the empty tables, in memory or in a file, for about so many bytes."""
        self.size = size
        place = ":memory:" if size <= SMALL else str(folder / "record.duckdb")
        self._connection = duckdb.connect(place)
        self._is_locked = False
        self._held: dict[str, str] = {}
        # Statements have no order of rows, and both threads may lay them down.
        self._connection.execute("SET preserve_insertion_order = false")
        self._connection.execute(f"SET temp_directory = '{folder / 'spilt'}'")
        self._connection.execute(f"SET memory_limit = '{MEMORY}'")
        self._connection.execute(f"SET threads = {THREADS}")
        self._connection.execute("BEGIN")
        engine.make_tables(self._connection)
        self._connection.execute("COMMIT")

    def load(self, table: str, batches: Iterable[pa.RecordBatch]) -> None:
        """Add rows to a table; columns that they do not have stay empty.

        Batches are made in this thread, whose database connection they come from. All that come to
        a table have the same columns.
        """
        self._connection.execute("BEGIN")
        for rows in batches:
            self._connection.register("coming", rows)
            self._add(table, rows.schema.names, "coming", {})
            self._connection.unregister("coming")
        self._connection.execute("COMMIT")

    def load_files(self, table: str, files: Sequence[Path], names: Sequence[str]) -> None:
        """Add these columns of Parquet files to a table; what it has besides stays empty.

        Only before sessions are asked for: DuckDB reads the files itself.
        """
        self._add(table, names, "read_parquet($files)", {"files": [str(one) for one in files]})

    def _add(
        self, table: str, names: Sequence[str], source: str, values: Mapping[str, Any]
    ) -> None:
        """Lay rows down in a table of these columns alone; a view gives the others, empty.

        Empty columns that are stored take a quarter of the time.
        """
        listed = ", ".join(names)
        if table not in self._held:
            self._held[table] = held = f"{HELD}{table}"
            engine.make_view(self._connection, table, held, names)
        self._connection.execute(
            f"INSERT INTO {self._held[table]} ({listed}) SELECT {listed} FROM {source}",  # noqa: S608 - names of the schema
            values,
        )

    def sessions(self, most: int) -> list[Session]:
        """Close the outside world; return sessions over the same rows, each for one thread.

        A large copy has one: two statements that share its memory spill, and each takes longer
        than both one after the other.
        """
        if not self._is_locked:
            engine.lock_down(self._connection, memory=MEMORY, threads=THREADS)
            self._is_locked = True
        count = most if self.size <= SMALL else 1
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


def size_of(files: Mapping[str, Path], wanted: Columns) -> int:
    """Return how many bytes these columns of Parquet files take when they are laid down."""
    found = 0
    for table, names in wanted.items():
        told = ParquetFile(files[table]).metadata
        found += told.num_rows * len(names) * BYTES_A_VALUE
    return found


def _size() -> int:
    """Return how many bytes the database takes: a copy is of that order, whatever is read of it."""
    sql = {
        "sqlite": "SELECT c.page_count * s.page_size FROM pragma_page_count c, pragma_page_size s",
        "postgresql": "SELECT pg_database_size(current_database())",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(sql)
        ((size,),) = cursor.fetchall()
    return int(size)


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
