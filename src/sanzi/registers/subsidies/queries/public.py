"""What everybody may read of subsidies: the programmes with all their versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sanzi.registers.subsidies.models import Program
from sanzi.registers.subsidies.queries.awards import programs_on


@dataclass(frozen=True)
class ProgramPage:
    """A programme: the version in force, and the days and rates of the earlier ones."""

    program: Program
    earlier: tuple[Program, ...]


def programs(day: date) -> list[ProgramPage]:
    """Return the programmes in force on a day, by name."""
    versions = Program.objects.filter(valid_from_date__lte=day).order_by("-valid_from_date", "pk")
    by_code: dict[str, list[Program]] = {}
    for one in versions:
        by_code.setdefault(one.code, []).append(one)
    return [
        ProgramPage(one, tuple(old for old in by_code[one.code] if old.pk != one.pk))
        for one in programs_on(day)
    ]
