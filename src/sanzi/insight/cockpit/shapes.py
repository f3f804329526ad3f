"""Shapes of the cockpit: a panel as its file says it, and the figures of a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

KINDS: Final = ("number", "series", "bars", "flow", "tree", "table")
SECTIONS: Final = {
    "holdings": "三资家底",
    "alerts": "预警和处置",
    "money": "钱的来去",
    "matters": "办事",
    "people": "公开和群众",
    "works": "工程",
    "leases": "租约和租金",
    "discipline": "纪检",
}
DUTIES: Final = {"discipline": "纪检", "agriculture": "农业农村", "finance": "财政"}
TIMES: Final = ("now", "month", "balance")
MEASURES: Final = ("sum", "rows", "share", "mean")
UNITS: Final = {
    "fen": "元", "mu": "亩", "alerts": "条", "cases": "件", "notices": "项", "inquiries": "件",
    "letters": "封", "works": "个", "leases": "份", "days": "天", "hours": "小时", "months": "本账",
    "rows": "行", "people": "人", "firms": "家", "things": "件", "villages": "个村",
}  # fmt: skip
TITLES: Final = ("", "own", "matters", "alert_categories")
TILES: Final = "tiles"
EVERY: Final = "*"
OWN: Final = "own"


@dataclass(frozen=True)
class Sum:
    """What a statement counted: sums of part and whole, and rows."""

    part: int = 0
    whole: int = 0
    row_count: int = 0

    def __add__(self, other: Sum) -> Sum:
        """Return both together."""
        return Sum(
            self.part + other.part, self.whole + other.whole, self.row_count + other.row_count
        )


NOTHING: Final = Sum()


@dataclass(frozen=True)
class Key:
    """One line of a panel: which keys of the statement it adds up; `is_warm` asks to act."""

    code: str
    title: str
    of: tuple[str, ...]
    is_warm: bool = False


@dataclass(frozen=True)
class Panel:
    """One panel as its file says it.

    Shapes: time is `now` (as the rows stand), `month` (what happened in each month) or `balance`
    (what had gathered up to the end of each month). `of` says which figure is told: the sum of
    part, the number of rows, part in whole (`share`), or part for each whole (`mean`). Units:
    fen, hundredths of a mu, whole days and hours, else counted things.
    """

    code: str
    title: str
    kind: str
    section: str
    order: int
    duties: tuple[str, ...]
    sees: str
    unit: str
    of: str
    time: str
    means: str
    source: str
    statement: str
    keys: tuple[Key, ...] = ()
    rows: tuple[Key, ...] = ()
    nodes: tuple[Key, ...] = ()
    titles: str = ""
    drawn: str = ""
    is_apart: bool = False

    @property
    def is_open_ended(self) -> bool:
        """Return whether the statement names the lines itself."""
        return bool(self.titles)


@dataclass(frozen=True)
class Counted:
    """The figures of one place for one panel, by (month, key of the panel).

    Shapes: month is `2026-11`, empty for what has no month or lies before the window.
    """

    sums: Mapping[tuple[str, str], Sum] = field(default_factory=dict)

    def total(self, key: str = "") -> Sum:
        """Return all months of a key together, or of all keys."""
        return sum((one for (_, k), one in self.sums.items() if key in ("", k)), NOTHING)

    def at(self, month: str, key: str) -> Sum:
        """Return what a key has in a month."""
        return self.sums.get((month, key), NOTHING)

    def named(self) -> list[str]:
        """Return the keys that occur, in no order that means something."""
        return sorted({key for _, key in self.sums})


@dataclass(frozen=True)
class Place:
    """A division of the tree, as far as a page names it."""

    code: str
    name: str
    level: str


@dataclass(frozen=True)
class PanelPage:
    """One panel of one place: its figures, those of the places below, when they were counted."""

    panel: Panel
    place: Place
    lines: tuple[Key, ...]
    months: tuple[str, ...]
    counted: Counted
    computed_at: datetime | None
    is_late: bool
    below: tuple[tuple[Place, Counted], ...] = ()


@dataclass(frozen=True)
class Cockpit:
    """What an officer sees of a place: the panels he may see, in their order."""

    place: Place
    above: tuple[Place, ...]
    below: tuple[Place, ...]
    duty: str
    duties: tuple[str, ...]
    panels: tuple[PanelPage, ...]
    computed_at: datetime | None
    village_count: int


@dataclass(frozen=True)
class DrilledRow:
    """One row of the record behind a figure, added up over its lines. Units as the panel's."""

    kind: str
    row_id: str
    month: str
    key: str
    sum: Sum


@dataclass(frozen=True)
class Drilled:
    """The rows behind a figure of one place as they stand now, and the figure that was kept."""

    page: PanelPage
    key: str
    month: str
    kept: Sum
    now: Sum
    rows: tuple[DrilledRow, ...]
    row_count: int
