"""Who takes which table of a package: rooms register a loader, `import_package` calls them.

The caller opens the transaction: all or nothing. A loader stores the rows through its room's
own actions and must change nothing when it meets the same rows again.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError

from sanzi.record.checking import Stored
from sanzi.record.errors import CellError, PackageRefused, RowProblem
from sanzi.record.packages import Package
from sanzi.record.schema import LOAD_ORDER, load_tables

COLLECT_AFTER: Final = 100_000
TWICE: Final = "有一行和包里或库里的另一行，在只许出现一次的内容上写得一样"
# People and households name each other: `person` is loaded without its household, and the
# loader of `household` ties the two.
ORDER: Final[Mapping[str, int]] = {name: place for place, name in enumerate(LOAD_ORDER)}

Rows = Iterable[dict[str, Any]]


@dataclass(frozen=True)
class LoadCount:
    """What became of a table's rows."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    @property
    def total(self) -> int:
        """Rows read."""
        return self.added + self.changed + self.unchanged


def _silent(table: str, rows: int) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True)
class LoadContext:
    """What every loader gets: who imports, when, and the package, to read other tables of it.

    `by` is the Actor of the caller (this room is below the one that defines it). `shared` is
    free for loaders to hand ids on to later ones; keys begin with the room's name.
    """

    by: Any
    at: datetime
    package: Package | None = None
    progress: Callable[[str, int], None] = _silent
    shared: dict[str, Any] = field(default_factory=dict)


Load = Callable[[Rows, LoadContext], LoadCount]


@dataclass(frozen=True)
class Loader:
    """A room's loader of one table; `order` is ORDER[table] unless there is a reason."""

    table: str
    order: int
    load: Load


@dataclass(frozen=True)
class ImportResult:
    """Counts by table; `skipped` are tables of the package that no room takes yet."""

    counts: Mapping[str, LoadCount]
    skipped: tuple[str, ...]

    @property
    def is_unchanged(self) -> bool:
        """Whether the package brought nothing new."""
        return not any(count.added or count.changed for count in self.counts.values())


_loaders: dict[str, Loader] = {}


def register(loader: Loader) -> None:
    """Make `loader` the one for its table. Raises ValueError for unknown or taken tables."""
    if loader.table not in load_tables():
        raise ValueError(f"no table is called {loader.table}")
    taken = _loaders.get(loader.table)
    if taken is not None and taken.load is not loader.load:
        raise ValueError(f"{loader.table} has a loader already")
    _loaders[loader.table] = loader


def registered() -> tuple[Loader, ...]:
    """All loaders in the order they run."""
    return tuple(sorted(_loaders.values(), key=lambda loader: (loader.order, loader.table)))


def import_package(
    package: Package, context: LoadContext, stored: Stored | None = None
) -> ImportResult:
    """Check the whole package, then load its tables in order, inside the caller's transaction.

    `stored` tells which keys are stored already, as in `Package.check`.

    Raises PackageRefused, for wrong cells before anything is loaded, or for a row that does
    not fit what is stored; the caller's transaction must then be rolled back.
    """
    counts: dict[str, LoadCount] = {}
    with _rare_collections():
        errors = package.check(stored)
        if errors:
            raise PackageRefused(errors)
        for loader in registered():
            if loader.table in package.files:
                counts[loader.table] = _load(loader, package, context)
                context.progress(loader.table, counts[loader.table].total)
    skipped = tuple(name for name in package.files if name not in counts)
    return ImportResult(counts, skipped)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let Python look for cycles seldom: a million rows are none, and looking takes a fifth."""
    usual = gc.get_threshold()
    gc.set_threshold(COLLECT_AFTER, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _load(loader: Loader, package: Package, context: LoadContext) -> LoadCount:
    try:
        return loader.load(package.rows(loader.table), context)
    except RowProblem as problem:
        error = CellError(
            file=package.files[loader.table].name,
            row=problem.row,
            column=problem.column,
            value=problem.value,
            expected=problem.expected,
        )
        raise PackageRefused([error]) from problem
    except IntegrityError as clash:
        file = package.files[loader.table].name
        raise PackageRefused([CellError(file, 0, "", "", TWICE)]) from clash
