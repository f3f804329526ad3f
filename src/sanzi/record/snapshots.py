"""The whole database as one file at one instant, and back: SQLite and PostgreSQL.

What a snapshot holds is told by the snapshot itself, not by the database that works on: rows per
table, the heads of every chain, the migrations. Nothing here knows what the tables mean.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, cast

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from sanzi.record.errors import BackupBroken, NotEmpty, ToolMissing

FOLDER: Final = Path(__file__).resolve().parent.parent / "data" / "backup"
FILES: Final = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
SECONDS_MAX: Final = 4 * 3600

Ask = Callable[[str], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Facts:
    """What a snapshot holds; heads are `[name, number, hash]` by kind of chain."""

    engine: str
    server: str
    rows: dict[str, int]
    heads: dict[str, list[list[Any]]]
    migrations: list[str]

    def as_dict(self) -> dict[str, Any]:
        """The facts as JSON holds them."""
        return asdict(self)


def take(folder: Path) -> Facts:
    """Write the database into a folder and return what the file holds.

    Raises: ToolMissing; NotEmpty when the file is there.
    """
    target = folder / FILES[connection.vendor]
    if target.exists():
        raise NotEmpty(place=str(target))
    return _take_sqlite(target) if connection.vendor == "sqlite" else _take_postgresql(target)


def require_empty() -> None:
    """Refuse a database that has tables. Raises: NotEmpty."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        if Path(name).exists() and Path(name).stat().st_size:
            raise NotEmpty(place=name)
        return
    with connection.cursor() as cursor:
        if connection.introspection.table_names(cursor):
            raise NotEmpty(place=f"数据库 {name}")


def require_engine(engine: str) -> None:
    """Refuse a snapshot of the other engine. Raises: BackupBroken."""
    if engine != connection.vendor:
        raise BackupBroken(why=f"备份是 {engine} 的，这里的数据库是 {connection.vendor}")


def put_back(folder: Path) -> None:
    """Write a snapshot into the empty database of the settings. Raises: NotEmpty, ToolMissing."""
    require_empty()
    source = folder / FILES[connection.vendor]
    if connection.vendor == "sqlite":
        target = Path(str(connection.settings_dict["NAME"]))
        connection.close()
        target.parent.mkdir(parents=True, exist_ok=True)
        for leftover in ("-wal", "-shm", "-journal"):
            Path(f"{target}{leftover}").unlink(missing_ok=True)
        _copy(source, target)
        return
    _run(
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        "--dbname",
        str(connection.settings_dict["NAME"]),
        str(source),
    )


def facts() -> Facts:
    """Return what the database of the settings holds now."""
    with connection.cursor() as cursor:

        def ask(sql: str) -> list[tuple[Any, ...]]:
            cursor.execute(sql)
            return cast("list[tuple[Any, ...]]", cursor.fetchall())

        return _facts(connection.vendor, ask)


def _take_sqlite(target: Path) -> Facts:
    """VACUUM INTO: one read of one instant, while others write on."""
    source = sqlite3.connect(str(connection.settings_dict["NAME"]), timeout=60)
    try:
        source.execute("VACUUM INTO ?", (str(target),))
    finally:
        source.close()
    return look_into(target)


def look_into(file: Path) -> Facts:
    """Return what an SQLite file holds, after its own check. Raises: ToolMissing."""
    copy = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        found = copy.execute("PRAGMA integrity_check").fetchall()
        if found != [("ok",)] or copy.execute("PRAGMA foreign_key_check").fetchone():
            raise ToolMissing(tool="sqlite3", why=f"库文件自检不通过（{found[0][0]}）")
        return _facts("sqlite", lambda sql: copy.execute(sql).fetchall())
    except sqlite3.DatabaseError as error:
        raise ToolMissing(tool="sqlite3", why=str(error)) from error
    finally:
        copy.close()


def _take_postgresql(target: Path) -> Facts:
    """One exported snapshot: what is counted is what is dumped."""
    reader: BaseDatabaseWrapper = connection.copy()
    try:
        with reader.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = str(cursor.fetchone()[0])

            def ask(sql: str) -> list[tuple[Any, ...]]:
                cursor.execute(sql)
                return cast("list[tuple[Any, ...]]", cursor.fetchall())

            told = _facts("postgresql", ask)
            _run(
                "pg_dump",
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--snapshot={snapshot}",
                f"--file={target}",
                str(connection.settings_dict["NAME"]),
            )
            cursor.execute("ROLLBACK")
    finally:
        reader.close()
    return told


def _facts(engine: str, ask: Ask) -> Facts:
    if engine == "sqlite":
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        server = "SELECT sqlite_version()"
    else:
        names = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        server = "SHOW server_version"
    quote = connection.ops.quote_name
    return Facts(
        engine=engine,
        server=str(ask(server)[0][0]),
        rows={
            name: int(ask(f"SELECT COUNT(*) FROM {quote(name)}")[0][0])  # noqa: S608 - own tables
            for name in sorted(str(row[0]) for row in ask(names))
        },
        heads={
            file.stem: [list(row) for row in ask(file.read_text(encoding="utf-8"))]
            for file in sorted((FOLDER / "heads").glob("*.sql"))
        },
        migrations=[
            f"{app}.{name}"
            for app, name in ask("SELECT app, name FROM django_migrations ORDER BY app, name")
        ],
    )


def _copy(source: Path, target: Path) -> None:
    """Copy a file whole or not at all, and see it on the disk."""
    temporary = target.with_name(f".{target.name}.new")
    shutil.copyfile(source, temporary)
    with temporary.open("rb") as stream:
        os.fsync(stream.fileno())
    temporary.replace(target)


def _run(tool: str, *arguments: str) -> None:
    program = shutil.which(tool)
    if program is None:
        raise ToolMissing(tool=tool, why="这台机器上没有这个程序")
    told = connection.settings_dict
    named = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    environment = {
        **os.environ,
        **{name: str(told[key]) for name, key in named.items() if told.get(key)},
    }
    done = subprocess.run(
        [program, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    if done.returncode:
        raise ToolMissing(tool=tool, why=(done.stderr.strip().splitlines() or ["没有说明"])[-1])
