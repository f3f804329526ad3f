"""Triggers that make tables append-only, in the words of both engines. Used by migrations.

A trigger refuses whoever writes through a connection. What an owner of the file or a superuser
does around it is found by the hash chains. Nothing here runs at request time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True)
class Guard:
    """A refusal at one moment: `when` is an SQL condition over NEW and OLD that must not hold.

    Shapes: `moment` is `BEFORE` or `AFTER` and `INSERT`, `UPDATE` or `DELETE`; `message` names
    the invariant in English without quotes. The condition is written so that both engines read
    it; `vendor` names the one that needs the guard when the other does not.
    """

    name: str
    table: str
    moment: str
    when: str
    message: str
    vendor: str = ""


def append_only_guards(table: str) -> tuple[Guard, ...]:
    """Return the guards that let rows of a table be neither changed nor removed."""
    return (
        Guard(f"{table}_no_update", table, "BEFORE UPDATE", "", f"{table} is never changed"),
        Guard(f"{table}_no_delete", table, "BEFORE DELETE", "", f"{table} is never deleted"),
    )


def create_sql(guard: Guard, vendor: str) -> list[str]:
    """Return the statements that lay one guard; none when it is for the other engine."""
    if guard.vendor not in {"", vendor}:
        return []
    if vendor == SQLITE:
        when = f"WHEN {guard.when} " if guard.when else ""
        body = f"BEGIN SELECT RAISE(ABORT, '{guard.message}'); END"
        on_row = f"{guard.moment} ON {guard.table} FOR EACH ROW"
        return [f"CREATE TRIGGER {guard.name} {on_row} {when}{body}"]
    moment = f"{guard.moment} ON {guard.table} FOR EACH ROW"
    return _postgresql(guard.name, guard.table, moment, body_of(guard))


def body_of(guard: Guard) -> str:
    """Return what a guard's function does on PostgreSQL."""
    raised = _raise(guard.message)
    row = "OLD" if guard.moment.endswith("DELETE") else "NEW"
    return f"IF {guard.when} THEN {raised} END IF; RETURN {row};" if guard.when else raised


def truncate_sql(table: str) -> list[str]:
    """Return the statements that refuse TRUNCATE, which row triggers do not see."""
    moment = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
    name, body = f"{table}_no_truncate", _raise(f"{table} is never emptied")
    return _postgresql(name, table, moment, body)


def harden_sql(name: str, table: str) -> list[str]:
    """Return what makes a guard on PostgreSQL hold whatever a session sets.

    Its function finds the real tables, not temporary ones of the same name, and the trigger
    fires under session_replication_role = replica too.
    """
    pinned = f"format('ALTER FUNCTION {name}() SET search_path = %I, pg_temp', current_schema())"
    return [
        f"DO $pin$ BEGIN EXECUTE {pinned}; END $pin$",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    ]


def _raise(message: str) -> str:
    return f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';"


def _postgresql(name: str, table: str, moment: str, body: str) -> list[str]:
    language = "RETURNS trigger LANGUAGE plpgsql"
    return [
        f"CREATE FUNCTION {name}() {language} AS $guard$ BEGIN {body} END $guard$",
        f"CREATE TRIGGER {name} {moment} EXECUTE FUNCTION {name}()",
        *harden_sql(name, table),
    ]


def drop_sql(name: str, table: str, vendor: str) -> list[str]:
    """Return the statements that lift one guard."""
    if vendor == SQLITE:
        return [f"DROP TRIGGER {name}"]
    return [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"]


class Lay:
    """The step of a migration that makes tables append-only and lays further guards.

    `append_only` tables take neither change nor removal; `kept` ones are only never emptied at
    once (TRUNCATE): their guards say what else holds.
    """

    def __init__(
        self, append_only: Iterable[str], guards: Iterable[Guard] = (), kept: Iterable[str] = ()
    ) -> None:
        """Keep what to lay."""
        names = tuple(append_only)
        self.tables = names + tuple(kept)
        self.guards = tuple(guard for name in names for guard in append_only_guards(name))
        self.guards += tuple(guards)

    def __call__(self, _apps: Any, schema_editor: Any) -> None:
        """Lay the guards."""
        vendor = schema_editor.connection.vendor
        groups = [create_sql(guard, vendor) for guard in self.guards]
        if vendor != SQLITE:
            groups += [truncate_sql(table) for table in self.tables]
        _execute(schema_editor, groups)

    def lift(self, _apps: Any, schema_editor: Any) -> None:
        """Take the guards back."""
        vendor = schema_editor.connection.vendor
        laid = [guard for guard in self.guards if guard.vendor in {"", vendor}]
        groups = [drop_sql(guard.name, guard.table, vendor) for guard in laid]
        if vendor != SQLITE:
            groups += [drop_sql(f"{name}_no_truncate", name, vendor) for name in self.tables]
        _execute(schema_editor, groups)

    def harden(self, _apps: Any, schema_editor: Any) -> None:
        """Harden guards that an earlier version laid; nothing to do on SQLite."""
        if schema_editor.connection.vendor == SQLITE:
            return
        groups = [harden_sql(guard.name, guard.table) for guard in self.guards]
        groups += [harden_sql(f"{name}_no_truncate", name) for name in self.tables]
        _execute(schema_editor, groups)


def forwards(tables: Iterable[str], guards: Iterable[Guard] = ()) -> Lay:
    """Return the step of a migration that makes tables append-only and lays further guards."""
    return Lay(tables, guards)


def backwards(tables: Iterable[str], guards: Iterable[Guard] = ()) -> Callable[[Any, Any], None]:
    """Return the step that takes back what `forwards` laid."""
    return Lay(tables, guards).lift


def _execute(schema_editor: Any, groups: Iterable[Iterable[str]]) -> None:
    for group in groups:
        for statement in group:
            schema_editor.execute(statement, params=None)
