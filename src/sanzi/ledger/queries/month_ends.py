"""The sums of `exports/sums.py` inside the application, held to what the actor may see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from sanzi.ledger.exports import sums
from sanzi.ledger.models import Book
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor


def all_month_ends(*, by: Actor) -> Iterator[sums.BookMonths]:
    """Yield every account of every book of the scope at every month's end, book by book."""
    seen = Book.objects.filter(scope.within(by, "ledger.see", "organisation__division_id"))
    yield from sums.month_ends(source(), only=set(seen.values_list("pk", flat=True)))


def source() -> sums.Source:
    """Return the connection of this thread as a source of sums."""
    cursor = connection.cursor()  # one for all: opening a cursor takes longer than a small sum

    def run(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())

    return sums.Source(run, is_whole=connection.vendor == "postgresql")
