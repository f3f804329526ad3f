"""What higher rooms tell this one: a village's grade in the integrity index, and its flags."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

GradeOf = Callable[[str, datetime], str]
FlagsOf = Callable[[str, datetime], dict[str, int]]
_grades: dict[str, GradeOf] = {}
_flags: dict[str, FlagsOf] = {}


def register_grades(grade_of: GradeOf) -> None:
    """Let draws ask for grades here; called once from `apps.ready` of the room that has them."""
    _grades["integrity"] = grade_of


def register_flags(flags_of: FlagsOf) -> None:
    """Let draws ask for flags here: `village_yellow`, `village_red`, `town_yellow`, with counts."""
    _flags["flags"] = flags_of


def flags_of(village: str, at: datetime) -> dict[str, int]:
    """Return the flags that stand for a village and in its township at an instant."""
    asked = _flags.get("flags")
    return asked(village, at) if asked else {}


def grade_of(village: str, at: datetime) -> str:
    """Return the newest grade of a village at an instant, "" when it has none."""
    asked = _grades.get("integrity")
    return asked(village, at) if asked else ""
