"""A county's rows out of a lake, in a DuckDB of their own, for statements that read everything.

The house lays the files' rows into native tables, then closes the outside world for good: the
sessions of models reach no file, and no file's name stands in a model.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb
from django.conf import settings

from sanzi.record import engine
from sanzi.record.engine import Session
from sanzi.record.lake import evolution
from sanzi.record.lake.evolution import literal, quoted
from sanzi.record.lake.reading import Taken
from sanzi.record.snapshot import PREFIX, Columns

MEMORY: Final = "3GB"
THREADS: Final = 1
"""A county is small: counties beside each other are worth more than threads within one."""
_parsed: Final[dict[str, duckdb.Statement]] = {}


@contextmanager
def held(taken: Taken, wanted: Columns, *, memory: str = MEMORY) -> Iterator[Session]:
    """Hold these columns of a county's rows for statements, one at a time."""
    settings.SANZI.var.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=PREFIX, dir=settings.SANZI.var) as folder:
        connection = duckdb.connect(":memory:")
        try:
            connection.execute(f"SET temp_directory = {literal(str(Path(folder) / 'spilt'))}")
            connection.execute("SET preserve_insertion_order = false")
            connection.execute(f"SET memory_limit = {literal(memory)}")
            connection.execute(f"SET threads = {THREADS}")
            engine.make_tables(connection)
            for table in wanted:
                _lay(connection, taken, table, wanted[table])
            engine.lock_down(connection, memory=memory, threads=THREADS)
            yield Session(connection, _parsed)
        finally:
            connection.close()


def _lay(
    connection: duckdb.DuckDBPyConnection, taken: Taken, table: str, columns: tuple[str, ...]
) -> None:
    """Lay the rows of a table down; what the county does not have stays empty."""
    there, sources = taken.evolved.tables.get(table, ("", {}))
    files = taken.files.get(there, ())
    if not files or not columns:
        return
    listed = ", ".join(literal(str(one)) for one in files)
    names = ", ".join(quoted(one) for one in columns)
    connection.execute(
        f"INSERT INTO {engine.PREFIX}{table} ({names})"
        f" SELECT {evolution.select(table, sources, columns)} FROM read_parquet([{listed}])"
    )
