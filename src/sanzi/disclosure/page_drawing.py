"""How published pages are drawn: the face that has the look puts its drawing here when it starts.

What is drawn depends on nothing but what is given: not on the day, not on who reads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sanzi.disclosure.page_parts import Digests, Part


@dataclass(frozen=True)
class PeopleTold:
    """Of the file that names people: its digests, and until when it is there."""

    digests: Digests
    until: datetime


@dataclass(frozen=True)
class Page:
    """One page as it is drawn. Paths are those of files, without ending; `older` is replaced."""

    path: str
    title: str
    village: str
    item_title: str
    kind: str
    period: str
    stage: str
    organisation: str
    published_at: datetime
    due_at: datetime | None
    total_fen: int | None
    reason: str
    older: str
    part: Part
    style: str
    portal_url: str
    data_digests: Digests
    people: PeopleTold | None = None


@dataclass(frozen=True)
class People:
    """The file beside a page that names people, until it leaves."""

    path: str
    title: str
    village: str
    until: datetime
    part: Part
    style: str


@dataclass(frozen=True)
class Line:
    """A line of a list of pages. `newer` is the path of what replaced it, empty where none did."""

    path: str
    title: str
    item_title: str
    published_at: datetime
    newer: str = ""


@dataclass(frozen=True)
class Listing:
    """The list of a village: its newest pages or those of a month, and its months with counts."""

    code: str
    village: str
    month: str
    lines: Sequence[Line]
    months: Sequence[tuple[str, int]]
    style: str


@dataclass(frozen=True)
class County:
    """The list of a county: towns with their villages (code, name, how many pages)."""

    name: str
    towns: Sequence[tuple[str, Sequence[tuple[str, str, int]]]]
    style: str


@dataclass(frozen=True)
class Feed:
    """An Atom feed: newest pages with absolute addresses under `base`."""

    title: str
    base: str
    place: str
    updated_at: datetime
    lines: Sequence[Line] = field(default_factory=tuple)


@dataclass(frozen=True)
class Drawing:
    """What a face draws with: its stylesheet (name, bytes), and each kind of file as text."""

    style: Callable[[], tuple[str, bytes]]
    page: Callable[[Page], str]
    people: Callable[[People], str]
    listing: Callable[[Listing], str]
    county: Callable[[County], str]
    feed: Callable[[Feed], str]


_put: list[Drawing] = []


def put(drawing: Drawing) -> None:
    """Draw with this from now on."""
    _put[:] = [drawing]


def the() -> Drawing:
    """Return the drawing. Raises: LookupError, where no face has put one."""
    if not _put:
        raise LookupError
    return _put[0]
