"""Are the guards of the database still there, and as the migrations laid them?

Whoever owns the tables can lift a guard, write, and lay it again; the chains find what he wrote.
This finds the guard that is missing, switched off or says something else.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from sanzi.audit.irreversible import SQLITE, Lay, body_of, create_sql, truncate_sql

FIRING = ("O", "A")


def laid() -> Iterator[Lay]:
    """Return what the migrations of all rooms lay."""
    found = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    for key in sorted(found):
        for operation in found[key].operations:
            code = getattr(operation, "code", None)
            if isinstance(code, Lay):
                yield code


def expected() -> dict[str, str]:
    """Return what each guard of this engine says, by name: its statement, or its function."""
    wanted: dict[str, str] = {}
    for lay in laid():
        for guard in lay.guards:
            statements = create_sql(guard, connection.vendor)
            if statements:
                is_sqlite = connection.vendor == SQLITE
                wanted[guard.name] = statements[0] if is_sqlite else body_of(guard)
        if connection.vendor != SQLITE:
            for table in lay.tables:
                name, body = f"{table}_no_truncate", truncate_sql(table)[0]
                wanted[name] = body.partition("BEGIN ")[2].partition(" END $guard$")[0]
    return wanted


def faults() -> list[str]:
    """Return one sentence per guard that is missing, off or changed; none when all hold."""
    present = _on_sqlite() if connection.vendor == SQLITE else _on_postgresql()
    wrong: list[str] = []
    for name, wanted in sorted(expected().items()):
        if name not in present:
            wrong.append(f"数据库防改规则{name}不见了或被停用")
        elif present[name] != wanted:
            wrong.append(f"数据库防改规则{name}被改过")
    return wrong


def append_only() -> tuple[set[str], set[str]]:
    """Return the tables whose rows are never changed, and those whose rows are never removed."""
    guards = [guard for lay in laid() for guard in lay.guards]
    unchanged = {each.table for each in guards if each.name == f"{each.table}_no_update"}
    unremoved = {each.table for each in guards if each.name == f"{each.table}_no_delete"}
    return unchanged, unremoved


def _on_sqlite() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())


def _on_postgresql() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, p.prosrc, t.tgenabled::text FROM pg_trigger t "
            "JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal"
        )
        rows = cursor.fetchall()
    return {
        name: source.strip().removeprefix("BEGIN ").removesuffix(" END")
        for name, source, state in rows
        if state in FIRING
    }
