"""A village beside the other villages of its town: the middle of them, measure by measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sanzi.insight.questions.shapes import Form, Group, Measure, Subject
from sanzi.kernel import divisions
from sanzi.orgs import tree

_COUNTED: Final = ("sum", "count", "distinct")


def beside(
    subject: Subject, form: Form, groups: list[Group], pool: list[Group], *, place: int, own: str
) -> list[Group]:
    """Return lines, each with the middle of its peers; a village without rows counts as nothing.

    Shapes: `place` is where the village stands among the keys of the pool, `own` the village whose
    lines these are, empty where each line names its own.
    """
    measures = [subject.measures[one] for one in form.measures]
    by_key: dict[tuple[str, tuple[str, ...], str], Group] = {}
    for one in pool:
        rest = tuple(key for at, key in enumerate(one.keys) if at != place)
        by_key[one.keys[place], rest, one.bucket] = one
    found = []
    for line in groups:
        mine = own or line.keys[place]
        rest = tuple(key for at, key in enumerate(line.keys) if own or at != place)
        others = [by_key.get((code, rest, line.bucket)) for code in _siblings(mine) if code != mine]
        middle = tuple(_middle(measure, at, others) for at, measure in enumerate(measures))
        found.append(replace(line, before=middle))
    return found


def _siblings(village: str) -> list[str]:
    if len(village) != 12 or not village.isdecimal():
        return []
    town = divisions.parent(village)
    return [code for code, _ in tree.villages_below(town)] if town else []


def _middle(measure: Measure, at: int, others: Sequence[Group | None]) -> int | None:
    """Return the middle, the lower of two."""
    none = 0 if measure.of in _COUNTED else None
    values = [none if one is None else one.values[at] for one in others]
    known = sorted(one for one in values if one is not None)
    return known[(len(known) - 1) // 2] if known else None
