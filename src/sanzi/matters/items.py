"""The catalogue of what villagers may read: `data/disclosure/items.yaml`, a county's own. Pure.

Matter files name what they publish by these codes, publications carry them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from sanzi.kernel import yamls
from sanzi.matters import lines
from sanzi.matters.lines import Numbered
from sanzi.orgs.roles import roles

ITEMS_FILE = Path(__file__).resolve().parent.parent / "data" / "disclosure" / "items.yaml"
MONTH, QUARTER, YEAR = "M", "Q", "Y"
SOURCES = ("case", "books", "register", "hand")
OWN_SOURCES: Final = ("case", "hand")
_CODE: Final = re.compile(r"[A-Z][0-9]{2}")
LISTS: Final = ("signs", "fields", "masks", "by_hand")
_own_file: list[Callable[[], Path | None]] = [lambda: None]


class BadItems(ValueError):
    """The catalogue says something that cannot be; the message names the item."""


@dataclass(frozen=True)
class PublicItem:
    """One kind of publication.

    `min_days` is how long it stays at least; `leaves` says that it goes off the web then. `every`
    is M, Q, Y or empty; `within_days` counts from what happened; `comments` takes comments;
    `by_hand` are those of its fields that no book or register knows.
    """

    code: str
    title: str
    module: str
    min_days: int
    source: str
    signs: tuple[str, ...]
    fields: tuple[str, ...]
    masks: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()
    every: str = ""
    within_days: int | None = None
    leaves: bool = False
    comments: bool = False

    @property
    def is_made(self) -> bool:
        """Whether the system makes it from books and registers when it is due."""
        return bool(self.every) and self.source in {"books", "register"}


@dataclass(frozen=True)
class Calendar:
    """By which day of the month after it a month, a quarter, a year is published; from when on.

    Units: days of a month; years on the web.
    """

    valid_from_date: date
    month_day: int
    quarter_day: int
    year_day: int
    web_years: int
    source_ref: str

    def day(self, every: str) -> int:
        """Return the day of the month for M, Q or Y. Raises: KeyError."""
        return {MONTH: self.month_day, QUARTER: self.quarter_day, YEAR: self.year_day}[every]


def own_file(tell: Callable[[], Path | None]) -> None:
    """Let the settings tell where the county keeps its own items; called from `apps.ready`."""
    _own_file.append(tell)


@cache
def items() -> dict[str, PublicItem]:
    """Return the catalogue by code, in its order, the county's own items at the end.

    Raises: BadItems.
    """
    found = read(_content())
    own = _own()
    if own is None:
        return found
    known = set(modules())
    for place, row in enumerate(own.value.get("items", ())):
        try:
            one = _item(row, known, found, sources=OWN_SOURCES)
        except BadItems as wrong:
            raise _at_line(own, ("items", place), str(wrong)) from wrong
        found[one.code] = one
    return found


@cache
def calendars() -> tuple[Calendar, ...]:
    """Return the dated days by which items are due, oldest first."""
    rows = [Calendar(**one) for one in _content()["calendar"]]
    return tuple(sorted(rows, key=lambda one: one.valid_from_date))


def calendar_on(day: date) -> Calendar:
    """Return the calendar in force on a day; before the first one, that one."""
    held = [one for one in calendars() if one.valid_from_date <= day]
    return held[-1] if held else calendars()[0]


@cache
def modules() -> dict[str, bool]:
    """Return the modules in their order; whether the county added one to the eight.

    Raises: BadItems.
    """
    found = {one["title"]: one.get("is_county", False) for one in _content()["modules"]}
    own = _own()
    for place, row in enumerate(own.value.get("modules", ()) if own else ()):
        title = row.get("title") if isinstance(row, dict) else None
        if not isinstance(title, str) or set(row) != {"title"} or title in found:
            raise _at_line(own, ("modules", place), "a new module has a new title, no more")
        found[title] = True
    return found


def read(content: dict[str, Any]) -> dict[str, PublicItem]:
    """Return the items of a catalogue's content by code. Raises: BadItems."""
    known = {one["title"] for one in content["modules"]}
    found: dict[str, PublicItem] = {}
    for row in content["items"]:
        one = _item(row, known, found)
        found[one.code] = one
    return found


def _item(
    row: Any,
    modules_known: Collection[str],
    found: Collection[str],
    *,
    sources: Sequence[str] = SOURCES,
) -> PublicItem:
    """Return one row as an item. Raises: BadItems, which names the item."""
    if not isinstance(row, dict):
        raise BadItems(f"{row!r} is no item")
    lists = {name: row.get(name) or () for name in LISTS}
    if bad := [name for name, one in lists.items() if not isinstance(one, list | tuple)]:
        raise BadItems(f"{row.get('code')}: {bad[0]} is no list")
    try:
        one = PublicItem(**{**row, **{name: tuple(held) for name, held in lists.items()}})
    except TypeError as wrong:
        raise BadItems(f"{row.get('code')}: {str(wrong).removeprefix('PublicItem.')}") from wrong
    for is_wrong, why in (
        (not _CODE.fullmatch(str(one.code)), "the code is a letter and two figures"),
        (type(one.min_days) is not int or one.min_days < 1, f"min_days {one.min_days}"),
        (type(one.within_days) not in {int, type(None)}, f"within_days {one.within_days}"),
        (not set(one.signs) <= set(roles()), "signs names no role"),
        (one.code in found, "is there twice"),
        (one.module not in modules_known, f"module {one.module}"),
        (one.source not in sources, f"source {one.source} is none of {', '.join(sources)}"),
        (one.every not in {"", MONTH, QUARTER, YEAR}, f"every {one.every}"),
        (not one.every and one.within_days is None, "is never due"),
        (not one.signs or not one.fields, "names nobody who signs, or nothing it shows"),
        (not set(one.by_hand) <= set(one.fields), "by_hand names what is no field"),
    ):
        if is_wrong:
            raise BadItems(f"{one.code}: {why}")
    return one


@cache
def _own() -> Numbered | None:
    """Return the county's own file with its lines, None without one. Raises: BadItems."""
    file = _own_file[-1]()
    if file is None:
        return None
    try:
        found = lines.read(file)
    except OSError as wrong:
        raise BadItems(f"{file}: {wrong.strerror}") from wrong
    if found.mistakes:
        raise BadItems(f"{file}: {found.mistakes[0]}")
    is_shaped = isinstance(found.value, dict) and set(found.value) <= {"modules", "items"}
    if not is_shaped or not all(isinstance(one, list) for one in found.value.values()):
        raise _at_line(found, (), "only lists called modules and items may stand here")
    return found


def _at_line(own: Numbered | None, place: lines.Place, why: str) -> BadItems:
    line = own.line(place) if own else 1
    return BadItems(f"{_own_file[-1]()}: line {line}: {why}")


def forget() -> None:
    """Read everything anew at the next question: the settings named another file."""
    for one in (items, modules, _own):
        one.cache_clear()


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = yamls.read(ITEMS_FILE)
    return content
