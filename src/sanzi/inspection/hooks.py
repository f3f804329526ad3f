"""What higher rooms tell this one: a village's grade in the integrity index."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

GradeOf = Callable[[str, datetime], str]
_grades: dict[str, GradeOf] = {}


def register_grades(grade_of: GradeOf) -> None:
    """Let draws ask for grades here; called once from `apps.ready` of the room that has them."""
    _grades["integrity"] = grade_of


def grade_of(village: str, at: datetime) -> str:
    """Return the newest grade of a village at an instant, "" when it has none."""
    asked = _grades.get("integrity")
    return asked(village, at) if asked else ""
