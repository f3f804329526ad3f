"""Triggers that make tables append-only, in the words of both engines. Used by migrations.

A trigger refuses whoever writes through a connection. What an owner of the file or a superuser
does around it is found by the hash chains. Nothing here runs at request time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

SQLITE = "sqlite"


@dataclass(frozen=True)
class Guard:
    """A refusal at one moment: `when` is an SQL condition over NEW that must not hold.

    Shapes: `moment` is `BEFORE INSERT` or `AFTER INSERT`; `message` names the invariant in
    English without quotes. The condition is written so that both engines read it.
    """

    name: str
    table: str
    moment: str
    when: str
    message: str


def append_only(table: str) -> tuple[Guard, ...]:
    """Return the guards that let rows of a table be neither changed nor removed."""
    return (
        Guard(f"{table}_no_update", table, "BEFORE UPDATE", "", f"{table} is never changed"),
        Guard(f"{table}_no_delete", table, "BEFORE DELETE", "", f"{table} is never deleted"),
    )


def create_sql(guard: Guard, vendor: str) -> list[str]:
    """Return the statements that lay one guard."""
    if vendor == SQLITE:
        when = f"WHEN {guard.when} " if guard.when else ""
        body = f"BEGIN SELECT RAISE(ABORT, '{guard.message}'); END"
        on_row = f"{guard.moment} ON {guard.table} FOR EACH ROW"
        return [f"CREATE TRIGGER {guard.name} {on_row} {when}{body}"]
    raised = _raise(guard.message)
    body = f"IF {guard.when} THEN {raised} END IF; RETURN NEW;" if guard.when else raised
    return _postgresql(guard.name, f"{guard.moment} ON {guard.table} FOR EACH ROW", body)


def truncate_sql(table: str) -> list[str]:
    """Return the statements that refuse TRUNCATE, which row triggers do not see."""
    moment = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
    return _postgresql(f"{table}_no_truncate", moment, _raise(f"{table} is never emptied"))


def _raise(message: str) -> str:
    return f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';"


def _postgresql(name: str, moment: str, body: str) -> list[str]:
    language = "RETURNS trigger LANGUAGE plpgsql"
    return [
        f"CREATE FUNCTION {name}() {language} AS $guard$ BEGIN {body} END $guard$",
        f"CREATE TRIGGER {name} {moment} EXECUTE FUNCTION {name}()",
    ]


def drop_sql(name: str, table: str, vendor: str) -> list[str]:
    """Return the statements that lift one guard."""
    if vendor == SQLITE:
        return [f"DROP TRIGGER {name}"]
    return [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"]


def forwards(tables: Iterable[str], guards: Iterable[Guard] = ()) -> Callable[[Any, Any], None]:
    """Return the step of a migration that makes tables append-only and lays further guards."""
    laid_tables, laid = _all(tables, guards)

    def run(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - Django's shape
        vendor = schema_editor.connection.vendor
        for guard in laid:
            for statement in create_sql(guard, vendor):
                schema_editor.execute(statement, params=None)
        if vendor != SQLITE:
            for table in laid_tables:
                for statement in truncate_sql(table):
                    schema_editor.execute(statement, params=None)

    return run


def backwards(tables: Iterable[str], guards: Iterable[Guard] = ()) -> Callable[[Any, Any], None]:
    """Return the step that takes back what `forwards` laid."""
    laid_tables, laid = _all(tables, guards)

    def run(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - Django's shape
        vendor = schema_editor.connection.vendor
        statements = [drop_sql(guard.name, guard.table, vendor) for guard in laid]
        if vendor != SQLITE:
            statements += [drop_sql(f"{name}_no_truncate", name, vendor) for name in laid_tables]
        for group in statements:
            for statement in group:
                schema_editor.execute(statement, params=None)

    return run


def _all(
    tables: Iterable[str], guards: Iterable[Guard]
) -> tuple[tuple[str, ...], tuple[Guard, ...]]:
    names = tuple(tables)
    laid = tuple(guard for name in names for guard in append_only(name))
    return names, laid + tuple(guards)
