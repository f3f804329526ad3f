"""Two roles on PostgreSQL: one owns the tables and migrates, one runs the application.

The application's role owns nothing, so it can neither lift a guard nor empty a table; on tables
that are only added to it may not even try an UPDATE or DELETE. SQLite has no roles: there the
guards and the chains stand alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction

from sanzi.audit import guards
from sanzi.kernel.refusals import Refusal

OWNER, RUNTIME = "sanzi_owner", "sanzi_app"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_READ_ONLY = frozenset({"django_migrations"})


class NoRoles(Refusal):
    """The database knows no roles."""

    code = "audit.no_roles"
    sentence = "现在用的是SQLite，它没有数据库角色。"
    next_step = "县级部署请用PostgreSQL；SQLite靠防改规则和校验链。"


class BadRoleName(Refusal):
    """A name that no role may have here."""

    code = "audit.bad_role_name"
    sentence = "“{name}”不能当角色名。"
    next_step = "请用小写字母、数字和下划线，字母开头，两个角色不同名。"


@dataclass(frozen=True)
class Roles:
    """The names of both roles."""

    owner: str = OWNER
    runtime: str = RUNTIME


@dataclass(frozen=True)
class Place:
    """What stands in the database: its name, its schema, tables and functions."""

    database: str
    schema: str
    tables: tuple[str, ...]
    functions: tuple[str, ...]


def statements(roles: Roles) -> list[str]:
    """Return the SQL that makes both roles and their rights; running it again changes nothing.

    Run it as a superuser or the present owner, after every migration.
    Raises: NoRoles, BadRoleName.
    """
    if connection.vendor != "postgresql":
        raise NoRoles
    for name in (roles.owner, roles.runtime):
        if not _NAME.fullmatch(name) or roles.owner == roles.runtime:
            raise BadRoleName(name=name)
    unchanged, unremoved = guards.append_only()
    place = _place()
    lines = [*_made(roles.owner), *_made(roles.runtime), *_owned(place, roles)]
    lines += _closed(place, roles)
    for table in place.tables:
        rights = ["SELECT"]
        if table not in _READ_ONLY:
            rights.append("INSERT")
            rights += [] if table in unchanged else ["UPDATE"]
            rights += [] if table in unremoved else ["DELETE"]
        granted = f"GRANT {', '.join(rights)} ON {_in(place, table)} TO {roles.runtime}"
        lines.append(granted)
    return [*lines, *_later(place, roles)]


def apply(roles: Roles) -> int:
    """Run the statements in one transaction; returns how many. Raises: as `statements`."""
    found = statements(roles)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in found:
            cursor.execute(statement)
    return len(found)


def _made(name: str) -> Iterable[str]:
    there = f"EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{name}'"  # noqa: S608 - checked
    yield (
        f"DO $role$ BEGIN IF NOT {there}) THEN "
        f"CREATE ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS; "
        f"ELSIF {there} AND (rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls)) THEN "
        f"RAISE EXCEPTION 'role {name} may do more than its part'; END IF; END $role$"
    )


def _owned(place: Place, roles: Roles) -> Iterable[str]:
    """Hand tables (their sequences follow) and functions to the owner."""
    for table in place.tables:
        yield f"ALTER TABLE {_in(place, table)} OWNER TO {roles.owner}"
    for function in place.functions:
        yield f'ALTER FUNCTION "{place.schema}"."{function}"() OWNER TO {roles.owner}'
    yield f'GRANT USAGE, CREATE ON SCHEMA "{place.schema}" TO {roles.owner}'


def _closed(place: Place, roles: Roles) -> Iterable[str]:
    """Take away what everybody has by default, and what the application may have had."""
    schema, database = f'"{place.schema}"', f'"{place.database}"'
    yield f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC"
    yield f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC"
    yield f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {roles.owner}"
    yield f"GRANT CONNECT ON DATABASE {database} TO {roles.runtime}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC, {roles.runtime}"
    yield f"REVOKE ALL ON SCHEMA {schema} FROM {roles.runtime}"
    given = f"roleid = '{roles.owner}'::regrole AND member = '{roles.runtime}'::regrole"
    is_member = f"EXISTS (SELECT 1 FROM pg_auth_members WHERE {given})"  # noqa: S608 - checked
    revoked = f"REVOKE {roles.owner} FROM {roles.runtime}"
    yield f"DO $role$ BEGIN IF {is_member} THEN {revoked}; END IF; END $role$"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {roles.runtime}"


def _later(place: Place, roles: Roles) -> Iterable[str]:
    """Let the application read and add to tables of the next version before this is run again."""
    schema = f'"{place.schema}"'
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {roles.runtime}"
    for_owner = f"ALTER DEFAULT PRIVILEGES FOR ROLE {roles.owner} IN SCHEMA {schema}"
    yield f"{for_owner} GRANT SELECT, INSERT ON TABLES TO {roles.runtime}"
    yield f"{for_owner} GRANT USAGE, SELECT ON SEQUENCES TO {roles.runtime}"


def _in(place: Place, table: str) -> str:
    return f'"{place.schema}"."{table}"'


def _place() -> Place:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_schema()")
        database, schema = cursor.fetchone()
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename", [schema]
        )
        tables = tuple(row[0] for row in cursor.fetchall())
        cursor.execute(
            "SELECT DISTINCT p.proname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
            "JOIN pg_namespace n ON n.oid = p.pronamespace "
            "WHERE NOT t.tgisinternal AND n.nspname = %s ORDER BY p.proname",
            [schema],
        )
        functions = tuple(row[0] for row in cursor.fetchall())
    return Place(database, schema, tables, functions)
