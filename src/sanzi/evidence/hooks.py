"""What higher rooms tell this one about the subjects that files hang on. No tables here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound


@dataclass(frozen=True)
class Subject:
    """How a kind of subject answers. Both take (actor, subject id).

    Shapes: `may_see` raises NotFound; `may_change` raises a refusal, or returns the audit chain
        (the ext id of the organisation) that the change belongs to.
    """

    may_see: Callable[[Actor, str], None]
    may_change: Callable[[Actor, str, datetime], str]


Standing = Callable[[Sequence[tuple[str, str]]], list[bool]]
"""For each (case number, payment ext id): was it paid, or may it yet be? An empty payment means
the whole case."""

_subjects: dict[str, Subject] = {}
_standing: list[Standing] = []


def register(kind: str, subject: Subject) -> None:
    """Let a room speak for a kind of subject."""
    _subjects[kind] = subject


def subject_of(kind: str) -> Subject:
    """Return who speaks for a kind of subject. Raises: NotFound."""
    found = _subjects.get(kind)
    if found is None:
        raise NotFound
    return found


def register_standing(answer: Standing) -> None:
    """Let the room that pays say which payments still stand."""
    _standing[:] = [answer]


def standing(uses: Sequence[tuple[str, str]]) -> list[bool]:
    """Return whether each use of a proof still stands; all do where nobody can say."""
    if not uses or not _standing:
        return [True] * len(uses)
    return _standing[0](uses)
