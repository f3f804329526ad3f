"""What higher rooms tell this one about the subjects that files hang on. No tables here."""

from __future__ import annotations

from collections.abc import Callable
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


_subjects: dict[str, Subject] = {}


def register(kind: str, subject: Subject) -> None:
    """Let a room speak for a kind of subject."""
    _subjects[kind] = subject


def subject_of(kind: str) -> Subject:
    """Return who speaks for a kind of subject. Raises: NotFound."""
    found = _subjects.get(kind)
    if found is None:
        raise NotFound
    return found
