"""The one place where cases call supervision: the models at a gate, and holds not yet released.

Where money is paid, a gate runs before the transaction of the step, which stays short. What a
step writes into a register is there only once it is taken: the models judge it inside the
transaction, and what they block takes the step with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from sanzi.matters import errors
from sanzi.orgs.actors import Actor
from sanzi.supervision import queries
from sanzi.supervision.actions import nightly, precheck
from sanzi.supervision.queries import CheckResult, VerdictView

__all__ = [
    "CheckResult",
    "VerdictView",
    "judge_taken",
    "last",
    "open_alert",
    "refuse_blocked",
    "refuse_held",
    "refuse_still_held",
    "run",
    "undone_when_blocked",
    "waiting",
]


def run(*, gate: str, number: str, by: Actor, at: datetime) -> CheckResult:
    """Run all models of a gate on a case and keep what they said."""
    return precheck.run(gate=gate, case_number=number, by=by, at=at)


def waiting(number: str) -> list[VerdictView]:
    """Return the holds of the newest check of a case that nobody has released."""
    return queries.unreleased(number)


def last(number: str) -> CheckResult | None:
    """Return the newest check of a case, None when none was made."""
    return queries.last_check(number)


def refuse_blocked(result: CheckResult) -> None:
    """Refuse when a red-line model hit.

    Raises: Blocked, with the first verdict's sentence and what to do.
    """
    if result.blocks:
        first = next(one for one in result.verdicts if one.severity == "block")
        raise errors.Blocked(
            sentence=first.sentence, what_to_do=first.what_to_do, count=result.blocks
        )


def refuse_held(number: str) -> None:
    """Refuse while a hold of the newest check is not released.

    Raises: Held.
    """
    _refuse(queries.unreleased(number))


class _Stopped(Exception):
    """A red-line model hit on what a step has just written."""

    def __init__(self, weighed: precheck.Weighed) -> None:
        self.weighed = weighed


@contextmanager
def undone_when_blocked() -> Iterator[None]:
    """Open the transaction of a step: what `judge_taken` blocks is undone, what it said is kept.

    Raises: Blocked, with the first verdict's sentence and what to do.
    """
    try:
        with transaction.atomic():
            yield
    except _Stopped as stopped:
        refuse_blocked(precheck.keep(stopped.weighed))


def judge_taken(*, gate: str, number: str, at: datetime) -> CheckResult | None:
    """Judge what a step has just written, inside `undone_when_blocked`, and keep what was said.

    None when no model has anything to say of such a case.
    """
    weighed = precheck.weigh(gate=gate, case_number=number, at=at)
    if weighed.is_blocked:
        raise _Stopped(weighed)
    return precheck.keep(weighed) if weighed.model_count else None


def refuse_still_held(before: list[VerdictView], result: CheckResult | None) -> None:
    """Refuse when holds that waited before a step still stand after it.

    Raises: Held.
    """
    known = {(one.model_code, one.finding_id) for one in before}
    _refuse(
        [
            one
            for one in (result.verdicts if result else ())
            if one.severity == "hold"
            and not one.is_released
            and (one.model_code, one.finding_id) in known
        ]
    )


def _refuse(held: list[VerdictView]) -> None:
    if held:
        raise errors.Held(sentence=held[0].sentence, reviewer="镇分管领导", count=len(held))


def open_alert(*, number: str, model_code: str, by: Actor, at: datetime) -> int:
    """Open at once what one model finds on a case; return how many alerts opened."""
    return nightly.open_for_case(case_number=number, model_code=model_code, by=by, at=at)
