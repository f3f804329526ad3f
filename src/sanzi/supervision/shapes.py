"""What a model is, as values: parameters, routes, columns. Filled by `catalogue`, read by `rules`.

No Django, no DuckDB: the pure rules stand on this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sanzi.kernel import digest
from sanzi.supervision.screens import Ask

CLUES: Final = "statistical"
"""The category of models that only say what is unusual: never at a gate, never above a warning."""
ALWAYS: Final = ("finding_kind", "finding_id", "village_id", "org_id", "period", "business_date")

OFFICES: Final = {
    "agri": "town_agri_head",
    "works": "town_works_office",
    "tender": "town_works_office",
    "civil": "town_civil_office",
    "land": "town_land_office",
    "fin": "town_finance_office",
    "party": "town_party_office",
}
"""The office of a township behind the name that a route gives it."""


@dataclass(frozen=True)
class Value:
    """A default of a parameter from a day on, with where it comes from."""

    from_date: date
    value: Any
    source_ref: str


@dataclass(frozen=True)
class Parameter:
    """A named figure of a rule. `unit` is fen, days, percent, people, count, list or choice.

    `minimum`, `maximum` and `choices` bound what a county may set; `is_township`: so may a town.
    """

    name: str
    meaning: str
    unit: str
    values: tuple[Value, ...]
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[Any, ...] = ()
    is_township: bool = False

    def default_on(self, day: date) -> Any:
        """Return the default valid on a day; before the first, the first."""
        valid = [one for one in self.values if one.from_date <= day]
        return (valid or self.values[:1])[-1].value


@dataclass(frozen=True)
class Sign:
    """One step of a route: V, F, D or C, the office of an F, and its work days."""

    letter: str
    office: str
    days: int


@dataclass(frozen=True)
class Column:
    """A figure of a finding, with its Chinese title and how it is written."""

    name: str
    type: str
    title: str


@dataclass(frozen=True)
class Quiet:
    """How often a model may speak: findings of a thousand subjects in a month, one at least.

    `strength` are one or two figures: what is strongest by the first, or by the first over the
    second, is told when there is more than that.
    """

    permille: int
    strength: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """Which figure of a finding holds the points of its picture, and how they are drawn."""

    kind: str
    of: str
    here: str = ""
    middle: str = ""
    mark: str = ""


@dataclass(frozen=True)
class AlertModel:
    """A model as its folder says it; `kinds` are the tables whose rows it finds something on.

    `is_closed`: what it finds is there for the discipline offices alone.
    """

    code: str
    number: str
    category: str
    title: str
    version: str
    status: str
    severity: str
    gates: tuple[str, ...]
    missing: str
    rule: str
    sentence: Mapping[str, str]
    advice: Mapping[str, str]
    basis: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    route: tuple[Sign, ...]
    columns: tuple[Column, ...]
    false_alarms: tuple[str, ...]
    blind_spots: tuple[str, ...]
    verify: str
    sql: str
    tables: frozenset[str]
    kinds: frozenset[str]
    screen: tuple[Ask, ...] = ()
    is_closed: bool = False
    quiet: Quiet | None = None
    picture: Picture | None = None

    @property
    def is_clue(self) -> bool:
        """Whether it only says what is unusual: a clue, no finding of wrong."""
        return self.category == CLUES

    @property
    def content_digest(self) -> str:
        """SM3 over everything that can change a verdict or its words."""
        return digest.sm3_of(
            {
                "sql": self.sql,
                "severity": self.severity,
                "status": self.status,
                "gates": list(self.gates),
                "sentence": dict(self.sentence),
                "route": [f"{one.letter}:{one.office}:{one.days}" for one in self.route],
                "parameters": {
                    one.name: [[v.from_date, v.value] for v in one.values]
                    for one in self.parameters
                },
                **({"closed": True} if self.is_closed else {}),
                **({"quiet": [self.quiet.permille, *self.quiet.strength]} if self.quiet else {}),
            },
        )
