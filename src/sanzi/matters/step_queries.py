"""Reads of single steps: what a case waits for now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sanzi.matters import editions
from sanzi.matters.models import CaseStep, StepState


@dataclass(frozen=True)
class OpenStep:
    """A step that waits: what is to be done, in which role, at what place, until when."""

    word: str
    role_code: str
    division_code: str
    due_at: datetime | None


def open_steps(case_number: str) -> list[OpenStep]:
    """Return the steps of a case that wait, nearest limit first; none where there is no case."""
    rows = (
        CaseStep.objects.filter(case__number=case_number, state=StepState.OPEN)
        .select_related("case")
        .defer("case__form")
        .order_by("due_at", "id")
    )
    found = []
    for one in rows:
        matter = editions.of(one.case)
        word = matter.step(one.step_no).word if matter else one.step_key
        found.append(OpenStep(word, one.role_code, one.division_code, one.due_at))
    return found
