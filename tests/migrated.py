"""Keep a migrated SQLite file, so that no run and no installation of a test walks every migration.

The file lies in `build/` under a digest of all migrations; another migration is another file.
`tools/test.sh` makes it before the workers start; a run without it makes it on the way.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.db import connection
from django.db.backends.sqlite3.creation import DatabaseCreation
from django.db.migrations.loader import MigrationLoader

FOLDER = Path(__file__).parent.parent / "build" / "migrated"


@cache
def kept_file() -> Path:
    """Return where the file of the migrations of this moment lies, there or not."""
    found = hashlib.sha256(f"{django.VERSION} {sqlite3.sqlite_version}".encode())
    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    for key in sorted(migrations):
        source = sys.modules[type(migrations[key]).__module__].__file__
        assert source is not None
        found.update(Path(source).read_bytes())
    irreversible = sys.modules["sanzi.audit.irreversible"].__file__
    assert irreversible is not None
    found.update(Path(irreversible).read_bytes())
    return FOLDER / f"{found.hexdigest()[:16]}.sqlite3"


def copy_to(database: Path) -> None:
    """Let the database of an installation begin with the tables, where they are kept."""
    if kept_file().exists():
        shutil.copyfile(kept_file(), database)


def begin_from(kept: Path, monkeypatch: Any) -> None:
    """Let Django's test database begin as a copy of the kept file."""
    create: Callable[..., Any] = DatabaseCreation._create_test_db

    def copied(self: Any, *args: Any, **named: Any) -> Any:
        name = create(self, *args, **named)
        shutil.copyfile(kept, name)
        return name

    monkeypatch.setattr(DatabaseCreation, "_create_test_db", copied)


def keep(kept: Path) -> None:
    """Copy the test database as it is now, whole or not at all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(f".{os.getpid()}")
    part.unlink(missing_ok=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(part)])
    part.replace(kept)


def main() -> None:
    """Make the kept file where it is not there yet, as an operator makes his database."""
    if kept_file().exists():
        return
    call_command("migrate", verbosity=0)
    keep(kept_file())
    Path(str(connection.settings_dict["NAME"])).unlink()


if __name__ == "__main__":
    django.setup()
    main()
