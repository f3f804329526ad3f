"""The words of the lines of an answer: places, matters and models by name, people in part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sanzi.insight.questions.shapes import Dimension, Form, Subject
from sanzi.kernel import masking
from sanzi.matters import catalogue as powers
from sanzi.orgs import queries as orgs
from sanzi.supervision import category_words
from sanzi.supervision import known as models

NONE: Final = "没有写"


@dataclass(frozen=True)
class Words:
    """What the keys of an answer are called, dimension by dimension."""

    dimensions: tuple[Dimension, ...]
    names: tuple[Mapping[str, str], ...]

    def titles(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the words of one line."""
        return tuple(self._title(at, row) for at in range(len(self.dimensions)))

    def _title(self, at: int, row: Mapping[str, Any]) -> str:
        one, key = self.dimensions[at], str(row[f"d{at}"])
        if not key:
            return NONE
        label = row.get(f"d{at}_label")
        if label:
            is_person = row.get(f"d{at}_person") == 1
            return masking.name(str(label)) if is_person else str(label)
        return one.values.get(key) or self.names[at].get(key) or key


def words(subject: Subject, form: Form, rows: Sequence[Mapping[str, Any]]) -> Words:
    """Return the words for the lines of an answer."""
    dimensions = tuple(subject.dimensions[one] for one in form.by)
    names = tuple(
        named(one.names, {str(row[f"d{at}"]) for row in rows}) for at, one in enumerate(dimensions)
    )
    return Words(dimensions, names)


def named(kind: str, keys: Iterable[str]) -> Mapping[str, str]:
    """Return what keys of a kind of `NAMES` are called."""
    wanted = {one for one in keys if one}
    if kind == "divisions":
        return orgs.division_names(wanted)
    if kind == "matters":
        return {one.code: one.title for one in powers.powers()}
    if kind == "models":
        found = models.models_of([(one, "") for one in wanted])
        return {code: one.title for (code, _), one in found.items()}
    if kind == "categories":
        return category_words.WORDS
    return {}
