"""Let the tests that commit empty the tables after themselves, triggers or not.

Django empties tables between transactional tests; the triggers that make vouchers and the log
append-only refuse that. They are lifted for the moment of the emptying, and only there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test import TransactionTestCase


@contextmanager
def lifted_triggers() -> Iterator[None]:
    """Lift all triggers of the test database, and lay them again."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            laid = cursor.fetchall()
            for name, _ in laid:
                cursor.execute(f'DROP TRIGGER "{name}"')
            yield
            for _, sql in laid:
                cursor.execute(sql)
            return
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND t.tgenabled = 'A'"
        )
        guards = cursor.fetchall()
        tables = sorted({table for table, _ in guards})
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # waiting checks forbid ALTER TABLE
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        yield
        for table, guard in guards:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{guard}"')


def let_tests_flush() -> None:
    """Wrap Django's emptying of the tables once for the session."""
    if getattr(TransactionTestCase, "flushes_past_triggers", False):
        return
    teardown = TransactionTestCase._fixture_teardown

    def lifted(self: Any) -> None:
        with lifted_triggers():
            teardown(self)

    TransactionTestCase._fixture_teardown = lifted  # type: ignore[method-assign]
    TransactionTestCase.flushes_past_triggers = True  # type: ignore[attr-defined]
