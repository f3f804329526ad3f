"""Shapes of an index, as its folder in `data/indices` says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

VILLAGE: Final = "village"
TOWN: Final = "town"
LEVELS: Final = (VILLAGE, TOWN)


@dataclass(frozen=True)
class Indicator:
    """One figure of an index: its statement, its weight, and what counts as nothing and all.

    Shapes: x is the sum of `part` for the unit `count`, else part for each thousand of `whole`.
    `zero` and `hundred` are values of x; where zero lies above hundred, less is better. `of` says
    what part and whole are: rows, fen, or weights that mean nothing by themselves.
    """

    code: str
    title: str
    weight: int
    unit: str
    zero: int
    hundred: int
    of: str
    means: str
    better: str
    sql: str

    @property
    def is_less_better(self) -> bool:
        """Return whether a smaller figure is the better one."""
        return self.zero > self.hundred


@dataclass(frozen=True)
class Field:
    """A field of an index with its weight and its indicators."""

    code: str
    title: str
    weight: int
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Cap:
    """What keeps an index from passing a limit: one row is enough."""

    code: str
    title: str
    limit: int
    sql: str


@dataclass(frozen=True)
class Penalty:
    """What costs points beside the fields: so many for each row, at most so many altogether.

    Units: points of a hundred. `field` names the field it is taken from, and no more than that
    field gives; empty means from the whole.
    """

    code: str
    title: str
    each: int
    most: int
    field: str
    means: str
    better: str
    sql: str


@dataclass(frozen=True)
class Band:
    """A grade and the points from which it holds."""

    grade: str
    title: str
    from_points: int


@dataclass(frozen=True)
class FlagRule:
    """When a village gets the red flag (praise) or the yellow one (behind), in its township.

    Units: points, percent of the villages with a score, months in a row. Fewer villages with a
    score than `ranked_from` are not ranked. `no_red` and `yellow_by` name penalties of which one
    row is enough.
    """

    ranked_from: int
    red_from: int
    red_percent: int
    yellow_below: int
    yellow_percent: int
    no_red: str
    yellow_by: str
    talk_after: int
    list_after: int


@dataclass(frozen=True)
class Posts:
    """What is measured of the holders of posts, and its share beside the village's own score."""

    roles: tuple[str, ...]
    share_percent: int
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Index:
    """An index. Units: weights and points of a hundred, months, work days."""

    code: str
    title: str
    level: str
    version: str
    valid_from_date: date
    source_ref: str
    meaning: str
    purpose: str
    lacks: tuple[str, ...]
    months: int
    coverage_min_percent: int
    objection_days: int
    bands: tuple[Band, ...]
    fields: tuple[Field, ...]
    caps: tuple[Cap, ...]
    penalties: tuple[Penalty, ...]
    penalty_max: int
    posts: Posts
    flag_rule: FlagRule | None

    @property
    def is_of_towns(self) -> bool:
        """Return whether a township is measured, with all that lies in its villages."""
        return self.level == TOWN

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """Return the indicators of all fields."""
        return tuple(one for field in self.fields for one in field.indicators)

    @property
    def statements(self) -> tuple[tuple[str, str], ...]:
        """Return (code, SQL) of everything that an index asks the record."""
        measured = (*self.indicators, *self.posts.indicators)
        return (
            *((one.code, one.sql) for one in measured),
            *((one.code, one.sql) for one in self.penalties),
            *((one.code, one.sql) for one in self.caps),
        )
