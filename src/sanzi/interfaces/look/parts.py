"""Typed parts that views fill and component templates draw. No markup, no Django.

Each class names the include that draws it. Texts are finished sentences: formatting of money
and days happens in the view (`words`) or in the template (`{% load look %}`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

NARROW_COLUMNS_MAX = 4


@dataclass(frozen=True)
class Link:
    """A link; `icon` is a name in `icons.ICONS`."""

    label: str
    url: str
    icon: str = ""
    is_primary: bool = False


@dataclass(frozen=True)
class RailItem:
    """One entry of the office rail. `count` shows in vermilion when it is above zero."""

    key: str
    label: str
    icon: str
    url: str
    count: int = 0


@dataclass(frozen=True)
class Frame:
    """What stands around every office page; the face gives it as `frame`."""

    rail: Sequence[RailItem]
    current: str
    person: str
    role: str
    find_url: str = ""
    account_links: Sequence[Link] = ()

    @property
    def initial(self) -> str:
        """The character in the round beside the name."""
        return self.person[:1]


@dataclass(frozen=True)
class Count:
    """One cell of the strip of counts: `31` `张凭证待复核`, small line, link."""

    figure: str
    words: str
    small: str
    url: str
    is_hot: bool = False


@dataclass(frozen=True)
class Note:
    """A margin note: severity, what was found, what to do, one button, the basis.

    Shapes: severity is block, hold, warn or pass.
    """

    severity: str
    text: str
    lead: str = ""
    action: Link | None = None
    basis: str = ""


@dataclass(frozen=True)
class Tier:
    """One tier of the amount bar; place is past, now or ahead."""

    label: str
    place: str = "ahead"


@dataclass(frozen=True)
class Step:
    """One step of an approval chain or of a case's history.

    Shapes: place is done, now, ahead or back (returned).
    """

    title: str
    when: str = ""
    place: str = "ahead"
    person: str = ""
    said: str = ""
    tag: str = ""


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence; `thumb_url` is a re-encoded small picture, empty for a paper."""

    label: str
    sub: str
    url: str
    thumb_url: str = ""


@dataclass(frozen=True)
class CheckCount:
    """How many checks ended with one severity."""

    severity: str
    number: int


@dataclass(frozen=True)
class Event:
    """One line of a course of events; tone is done, new, pending or due."""

    when: str
    lead: str
    text: str = ""
    tone: str = "done"


@dataclass(frozen=True)
class Tab:
    """One tab or filter; `count` is a string so that 0 can be said or left out."""

    label: str
    url: str
    count: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell of a ledger table; give a plain string where nothing else is needed.

    Shapes: severity draws a shape before the text; tone is "", alarm, strong, quiet,
    done, late, busy or ahead (the last four are period steps).
    """

    text: str
    url: str = ""
    sub: str = ""
    severity: str = ""
    state: str = ""
    tone: str = ""
    span: int = 1


@dataclass(frozen=True)
class Column:
    """One column of a ledger table; kind is text, money or mid."""

    title: str
    kind: str = "text"


@dataclass(frozen=True)
class Row:
    """One row of a ledger table; tone is "", alarm (a row that cannot be paid) or chosen."""

    cells: Sequence[Cell | str]
    tone: str = ""


@dataclass(frozen=True)
class Ledger:
    """A ledger table: ruled lines, money columns between verticals, a double line at the sum."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    total: Row | None = None
    is_row_headed: bool = False

    @property
    def is_wide(self) -> bool:
        """Whether it scrolls inside its frame on a phone: more than four columns."""
        return len(self.columns) > NARROW_COLUMNS_MAX

    @property
    def body(self) -> list[tuple[Row, list[tuple[Column, Cell]]]]:
        """Rows with each cell beside its column."""
        return [(row, self._paired(row)) for row in self.rows]

    @property
    def foot(self) -> list[tuple[Column, Cell]]:
        """The cells of the sum beside their columns; empty without a sum."""
        return self._paired(self.total) if self.total else []

    def _paired(self, row: Row) -> list[tuple[Column, Cell]]:
        """Pair cells with columns, walking over spanned columns."""
        paired: list[tuple[Column, Cell]] = []
        place = 0
        for given in row.cells:
            cell = given if isinstance(given, Cell) else Cell(given)
            paired.append((self.columns[place], cell))
            place += cell.span
        return paired


@dataclass(frozen=True)
class Choice:
    """One way to decide, drawn as a radio with a line of explanation."""

    value: str
    label: str
    text: str = ""
    is_chosen: bool = False


@dataclass(frozen=True)
class ItemRow:
    """One row of a to-do list or a find result: title, facts, amount, due."""

    title: str
    url: str
    sub: str = ""
    amount: str = ""
    due: str = ""
    is_late: bool = False
    icon: str = ""
    severity: str = ""
    state: str = ""


@dataclass(frozen=True)
class Fact:
    """A term and what stands for it, in a slip or a sheet."""

    term: str
    text: str
    url: str = ""
    is_sum: bool = False


@dataclass(frozen=True)
class Spending:
    """One use of money on the village page; amounts in fen."""

    label: str
    amount_fen: int
    most_fen: int
    url: str


@dataclass(frozen=True)
class PortalStep:
    """One of the five steps of a payment as villagers see it; place is done, now or ahead."""

    title: str
    day: str
    text: str
    place: str = "done"
    people: Sequence[Fact] = field(default_factory=tuple)
    people_label: str = ""


@dataclass(frozen=True)
class PortalItem:
    """One matter on the portal: what, facts, what is due, and how far (done of whole)."""

    title: str
    url: str
    sub: str = ""
    text: str = ""
    due: str = ""
    done: int = 0
    whole: int = 0
    now: str = ""

    @property
    def marks(self) -> list[str]:
        """One word a step: done, now or ahead."""
        return [
            "done" if place < self.done else "now" if place == self.done else "ahead"
            for place in range(self.whole)
        ]
