"""Import of a data package in one transaction: every room's loader, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from sanzi.audit import actions as audit
from sanzi.orgs.actors import Actor
from sanzi.record.errors import PackageRefused
from sanzi.record.extraction import stored_keys
from sanzi.record.loaders import ImportResult, LoadContext, import_package
from sanzi.record.packages import open_package


def import_folder(
    *,
    folder: Path,
    by: Actor,
    at: datetime,
    is_check_only: bool = False,
    progress: Callable[[str, int], None] | None = None,
) -> ImportResult:
    """Import a package folder; re-importing the same one changes nothing.

    Raises: PackageRefused with every wrong cell; the database is then as it was.
    """
    package = open_package(folder)
    if is_check_only:
        errors = package.check(stored_keys)
        if errors:
            raise PackageRefused(errors)
        return ImportResult({}, ())
    context = LoadContext(by=by, at=at, package=package, progress=progress or (lambda *_: None))
    with transaction.atomic():
        result = import_package(package, context, stored_keys)
        if not result.is_unchanged:
            audit.write(
                chain="imports",
                kind="record.package.imported",
                by=by,
                at=at,
                subject=("package", folder.name[:40]),
                after={name: count.added for name, count in result.counts.items() if count.added},
            )
    _refresh_statistics()
    return result


def _refresh_statistics() -> None:
    """Let the planner know what came: without it PostgreSQL reads whole tables at first."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
