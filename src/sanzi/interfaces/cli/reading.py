"""A bare connection for commands that only read: they start in the time of a shell command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from sanzi.ledger.exports.sums import Source

FETCHED = 2000


@contextmanager
def connected() -> Iterator[Source]:
    """Open the application's database for reading only, without the application."""
    told = settings.DATABASES["default"]
    opened = _sqlite if told["ENGINE"].endswith("sqlite3") else _postgresql
    with opened(told) as source:
        yield source


@contextmanager
def _sqlite(told: dict[str, Any]) -> Iterator[Source]:
    import sqlite3
    from contextlib import closing
    from urllib.parse import quote

    # An address with mode=ro neither makes the file nor writes to it.
    address = f"file:{quote(str(told['NAME']))}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as connection:

        def run(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
            return connection.execute(sql.replace("%s", "?"), parameters).fetchall()

        yield Source(run)


@contextmanager
def _postgresql(told: dict[str, Any]) -> Iterator[Source]:
    import psycopg

    with psycopg.connect(
        dbname=told["NAME"],
        user=told["USER"] or None,
        password=told["PASSWORD"] or None,
        host=told["HOST"] or None,
        port=told["PORT"] or None,
    ) as connection:
        connection.read_only = True
        number = iter(range(1_000_000))

        def run(sql: str, parameters: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
            # A cursor with a name lives in the server and hands the rows out in lots.
            with connection.cursor(f"rows{next(number)}") as cursor:
                cursor.itersize = FETCHED
                cursor.execute(sql.encode(), parameters)
                yield from cursor

        yield Source(run, is_whole=True)
