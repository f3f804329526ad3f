"""Prices beside those of other villages: groups of the same kind and unit, medians. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

RENT: Final = "rent"
PURCHASE: Final = "purchase"
OTHERS_MIN: Final = 3
"""So many other villages are needed before a median is told."""


@dataclass(frozen=True)
class Price:
    """What one contract or purchase costs for one unit in a year. Units: fen for one `unit`.

    `group` is the kind of thing in words, with the unit; `ref` is its key in the register, `page`
    the kind and the name of the public page that it was read from, empty where there is none.
    """

    ref: str
    kind: str
    group: str
    unit: str
    village_code: str
    year: int
    on: date
    fen: int
    title: str
    page: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Spread:
    """The prices of other villages. Units: fen; `median_fen` is the lower of two in the middle."""

    villages: int
    count: int
    median_fen: int
    least_fen: int
    most_fen: int


@dataclass(frozen=True)
class Group:
    """Prices of one kind and unit: of the village, of others of its town, of its county.

    A spread is None while fewer than three other villages have a price.
    """

    name: str
    unit: str
    kind: str
    own: tuple[Price, ...]
    neighbours: tuple[Price, ...]
    town: Spread | None
    county: Spread | None

    @property
    def most_fen(self) -> int:
        """The largest figure of the picture."""
        told = [one.median_fen for one in (self.town, self.county) if one]
        return max([one.fen for one in self.own] + told)


def per_unit(fen: int, amount: int, parts: int) -> int:
    """Return what one unit costs, rounded half up; `amount` is in so many parts of a unit."""
    return (2 * fen * parts + amount) // (2 * amount)


def spread(prices: Sequence[Price]) -> Spread | None:
    """Return the middle and the ends of prices of at least three villages."""
    villages = {one.village_code for one in prices}
    if len(villages) < OTHERS_MIN:
        return None
    found = sorted(one.fen for one in prices)
    middle = found[(len(found) - 1) // 2]
    return Spread(len(villages), len(found), middle, found[0], found[-1])


def groups(prices: Iterable[Price], village_code: str, town_prefix: str) -> list[Group]:
    """Return the groups in which a village has a price, rents first, in the order of names."""
    by_group: defaultdict[tuple[str, str, str], list[Price]] = defaultdict(list)
    for one in prices:
        by_group[one.kind, one.group, one.unit].append(one)
    found = []
    for (kind, name, unit), rows in sorted(by_group.items()):
        own = [one for one in rows if one.village_code == village_code]
        others = [one for one in rows if one.village_code != village_code]
        near = [one for one in others if one.village_code.startswith(town_prefix)]
        near.sort(key=lambda one: (one.village_code, one.fen, one.ref))
        if own:
            found.append(
                Group(name, unit, kind, tuple(own), tuple(near), spread(near), spread(others))
            )
    return sorted(found, key=lambda one: one.kind != RENT)
