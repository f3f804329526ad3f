"""The catalogue of what villagers may read: `data/disclosure/items.yaml`. Pure.

Matter files name what they publish by these codes, publications carry them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ITEMS_FILE = Path(__file__).resolve().parent.parent / "data" / "disclosure" / "items.yaml"
MONTH, QUARTER, YEAR = "M", "Q", "Y"
SOURCES = ("case", "books", "register", "hand")


class BadItems(ValueError):
    """The catalogue says something that cannot be; the message names the item."""


@dataclass(frozen=True)
class PublicItem:
    """One kind of publication.

    `min_days` is how long it stays at least; `leaves` says that it goes off the web then. `every`
    is M, Q, Y or empty; `within_days` counts from what happened; `comments` takes comments.
    """

    code: str
    title: str
    module: str
    min_days: int
    source: str
    signs: tuple[str, ...]
    fields: tuple[str, ...]
    masks: tuple[str, ...] = ()
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


@cache
def items() -> dict[str, PublicItem]:
    """Return the catalogue by code, in its order."""
    return read(_content())


@cache
def calendars() -> tuple[Calendar, ...]:
    """Return the dated days by which items are due, oldest first."""
    rows = [Calendar(**one) for one in _content()["calendar"]]
    return tuple(sorted(rows, key=lambda one: one.valid_from_date))


def calendar_on(day: date) -> Calendar:
    """Return the calendar in force on a day; before the first one, that one."""
    held = [one for one in calendars() if one.valid_from_date <= day]
    return held[-1] if held else calendars()[0]


def modules() -> dict[str, bool]:
    """Return the modules in their order; whether the county added one to the eight."""
    return {one["title"]: one.get("is_county", False) for one in _content()["modules"]}


def read(content: dict[str, Any]) -> dict[str, PublicItem]:
    """Return the items of a catalogue's content by code. Raises: BadItems."""
    known = {one["title"] for one in content["modules"]}
    found: dict[str, PublicItem] = {}
    for row in content["items"]:
        lists = {name: tuple(row.get(name, ())) for name in ("signs", "fields", "masks")}
        try:
            one = PublicItem(**{**row, **lists})
        except TypeError as wrong:
            raise BadItems(f"{row.get('code')}: {wrong}") from wrong
        for is_wrong, why in (
            (one.code in found, "is there twice"),
            (one.module not in known, f"module {one.module}"),
            (one.source not in SOURCES, f"source {one.source}"),
            (one.every not in {"", MONTH, QUARTER, YEAR}, f"every {one.every}"),
            (not one.every and one.within_days is None, "is never due"),
            (not one.signs or not one.fields, "names nobody who signs, or nothing it shows"),
        ):
            if is_wrong:
                raise BadItems(f"{one.code}: {why}")
        found[one.code] = one
    return found


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(ITEMS_FILE.read_text(encoding="utf-8"))
    return content
