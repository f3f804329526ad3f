"""Shapes of questions: a subject as its file says it, a form as it was filled in, an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

SUMS: Final = ("sum", "count", "distinct", "mean", "max")
BUCKETS: Final = {"day": "日", "month": "月", "quarter": "季度", "year": "年"}
COMPARES: Final = {"before": "上一期", "year": "去年同期", "peers": "同镇各村"}
NAMES: Final = ("", "divisions", "matters", "models", "categories")
Columns = frozenset[tuple[str, str]]
"""Columns of the record (table, column) that a piece of a file reads."""


@dataclass(frozen=True)
class Join:
    """A table beside the rows of a subject, by its whole primary key: it never doubles a row."""

    alias: str
    table: str
    key: str
    on: str
    reads: Columns


@dataclass(frozen=True)
class When:
    """A day of a row by which a period is told."""

    code: str
    title: str
    sql: str
    reads: Columns


@dataclass(frozen=True)
class Measure:
    """A figure over rows. `of` is sum, count, distinct, mean or max. Units: of `UNITS`."""

    code: str
    title: str
    unit: str
    of: str
    sql: str
    means: str
    reads: Columns

    @property
    def is_tenths(self) -> bool:
        """Return whether its figures are in tenths of the unit."""
        return self.of == "mean" and self.unit != "fen"


@dataclass(frozen=True)
class Dimension:
    """What rows are told apart by. `label` is its words, `person` says when they are masked."""

    code: str
    title: str
    sql: str
    label: str
    person: str
    names: str
    values: Mapping[str, str]
    means: str
    reads: Columns
    is_masked: bool = False


@dataclass(frozen=True)
class Shown:
    """A column of the rows behind a line."""

    title: str
    sql: str
    unit: str
    names: str
    values: Mapping[str, str]
    person: str
    reads: Columns
    is_masked: bool = False


@dataclass(frozen=True)
class Subject:
    """What may be asked about: rows of one table of the record, and what is told of them.

    Shapes: `amount` is the figure that a range of amounts is about, `people` whose rows they are,
    `always` what every row must be. Each of them may be empty.
    """

    code: str
    title: str
    noun: str
    order: int
    means: str
    sees: str
    table: str
    key: str
    joins: Mapping[str, Join]
    place: str
    body: str
    amount: str
    people: str
    always: str
    whens: Mapping[str, When]
    measures: Mapping[str, Measure]
    dimensions: Mapping[str, Dimension]
    shown: tuple[Shown, ...]
    base: Columns


@dataclass(frozen=True)
class Form:
    """A question as it was filled in. Empty texts mean that nothing was chosen.

    Shapes: `filters` are a dimension with the values that are kept; `period` is a name of
    `question_periods.PERIODS`, `since` and `until` stand only with `days`. Units: fen.
    """

    subject: str
    measures: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    bucket: str = ""
    when: str = ""
    period: str = ""
    since: date | None = None
    until: date | None = None
    place: str = ""
    body: str = ""
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    least_fen: int | None = None
    most_fen: int | None = None
    compare: str = ""
    top: int = 0


@dataclass(frozen=True)
class Group:
    """One line of an answer: a figure a measure, None where nothing is known.

    Shapes: `before` are the figures it is compared with; empty without a comparison. Units: as the
    measure says; a mean of anything but fen in tenths.
    """

    keys: tuple[str, ...]
    titles: tuple[str, ...]
    bucket: str
    values: tuple[int | None, ...]
    before: tuple[int | None, ...] = ()
    row_count: int = 0
    people: int = 0


@dataclass(frozen=True)
class Window:
    """The days of a question and of what it is compared with, both ends included.

    Shapes: None means without a limit; `shift` is (number, MONTH or DAY), which moves a day of the
    earlier period to its place in the later one.
    """

    since: date | None = None
    until: date | None = None
    before_since: date | None = None
    before_until: date | None = None
    shift: tuple[int, str] = (0, "DAY")


@dataclass(frozen=True)
class Compiled:
    """One statement with its values."""

    sql: str
    parameters: Mapping[str, Any]
    tables: frozenset[str]


@dataclass(frozen=True)
class Answer:
    """What a form gave at a moment, for one officer.

    Shapes: `hidden` lines are about too few people; `is_open` says whether rows may be looked at.
    """

    form: Form
    subject: Subject
    place: str
    asked_place: str
    window: Window
    statement: Compiled
    groups: tuple[Group, ...]
    total: Group
    hidden: int
    group_count: int
    as_of: datetime
    is_open: bool = True
    measures: tuple[Measure, ...] = field(default_factory=tuple)
    dimensions: tuple[Dimension, ...] = field(default_factory=tuple)
