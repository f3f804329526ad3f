"""Shapes of reports: a template as its file says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sanzi.insight.cockpit.shapes import Panel

STATES: Final = ("some", "none", "up", "down", "same", "data", "no_data")
"""What a condition may ask of a figure."""
ASIDES: Final = ("", "before", "year")
"""What a sentence may say of a figure: itself, beside the period before, beside the last year."""


@dataclass(frozen=True)
class Figure:
    """A named figure: some lines of a panel together; all of them when none is named."""

    name: str
    title: str
    panel: Panel
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Condition:
    """When a sentence is said."""

    figure: str
    state: str


@dataclass(frozen=True)
class Said:
    """A part of a sentence: plain words, or a figure and which side of it."""

    words: str = ""
    figure: str = ""
    aside: str = ""


@dataclass(frozen=True)
class Sentence:
    """A sentence with its figures; said only where all its conditions hold."""

    parts: tuple[Said, ...]
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class ListColumn:
    """A column of a list: the name its statement gives, its head, and how it is written."""

    name: str
    title: str
    kind: str = "text"
    group: str = ""


@dataclass(frozen=True)
class Item:
    """What stands below the sentences.

    Shapes: kind is `figures` (named figures), `lines` and `places` and `chart` (one panel),
    `index` (the villages with their points), `rows` (what lies behind a figure of a village) or
    `list` (a statement of its own, with columns; without one an empty form and its `note`).
    `subjects` and `side` are what such a statement may ask for.
    """

    kind: str
    title: str
    figures: tuple[str, ...] = ()
    panel: str = ""
    lines: tuple[str, ...] = ()
    most: int = 0
    sql: str = ""
    columns: tuple[ListColumn, ...] = ()
    number: str = ""
    note: str = ""
    subjects: tuple[str, ...] = ()
    side: str = ""


@dataclass(frozen=True)
class Section:
    """A section with its sentences and what stands below them."""

    title: str
    sentences: tuple[Sentence, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Template:
    """One dated version of a report. Units: days.

    `due_days` is how many days after a period's end the worker makes it by itself, zero for
    never; figures that say how things stand now are told within `fresh_days` of that end.
    """

    code: str
    title: str
    version: str
    valid_from_date: date
    source_ref: str
    means: str
    levels: tuple[str, ...]
    period: str
    due_days: int
    fresh_days: int
    figures: Mapping[str, Figure]
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    panels: Mapping[str, Panel]
    also_sees: tuple[str, ...] = ()

    @property
    def sees(self) -> frozenset[str]:
        """The permissions that a reader needs at the place: also those of every panel told."""
        return frozenset((*self.also_sees, *(one.sees for one in self.panels.values())))
