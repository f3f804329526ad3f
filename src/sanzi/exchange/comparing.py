"""A directory from outside beside our posts: who left, who is new, whose telephone changed. Pure.

A person is the same by telephone, else by a name that stands once on each side. Who is missing
counts as gone only from bodies that the file speaks of: those where somebody of it holds a post.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LEFT: Final = "left"
NEW: Final = "new"
PHONE: Final = "phone"


@dataclass(frozen=True)
class Holder:
    """Somebody who holds a post with us; his telephone by its blind index."""

    person: str
    name: str
    phone_index: str
    bodies: frozenset[str]


@dataclass(frozen=True)
class Listed:
    """A line of the directory; `row` is where it stands."""

    row: int
    name: str
    phone_index: str


@dataclass(frozen=True)
class Difference:
    """One thing to decide: about one of ours, one of theirs, or both."""

    kind: str
    person: str = ""
    row: int = 0


def compare(ours: Sequence[Holder], theirs: Sequence[Listed]) -> list[Difference]:
    """Return what differs: those who left, whose telephone changed, who is new, in this order."""
    phones = {one.phone_index: one for one in ours if one.phone_index}
    names = _alone([one.name for one in ours]) & _alone([one.name for one in theirs])
    named = {one.name: one for one in ours if one.name in names}
    met = {
        same.person: same for line in theirs if (same := phones.get(line.phone_index)) is not None
    }
    changed: list[Difference] = []
    fresh: list[Difference] = []
    for line in theirs:
        same = phones.get(line.phone_index)
        if same is None:
            same = named.get(line.name)
            if same is not None and same.person in met:
                same = None
            if same is not None:
                changed.append(Difference(PHONE, same.person, line.row))
        if same is None:
            fresh.append(Difference(NEW, "", line.row))
        else:
            met[same.person] = same
    covered = frozenset[str]().union(*(one.bodies for one in met.values()))
    left = [
        Difference(LEFT, one.person)
        for one in ours
        if one.person not in met and one.bodies & covered
    ]
    return [*left, *changed, *fresh]


def _alone(names: Sequence[str]) -> set[str]:
    return {name for name, count in Counter(names).items() if count == 1}
