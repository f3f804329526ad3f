"""The one place where cases call supervision: the models at a gate, and holds not yet released.

A gate runs outside the transaction of the step, which stays short.
"""

from __future__ import annotations

from datetime import datetime

from sanzi.matters import errors
from sanzi.orgs.actors import Actor
from sanzi.supervision import queries
from sanzi.supervision.actions import nightly, precheck
from sanzi.supervision.queries import CheckResult, VerdictView

__all__ = [
    "CheckResult",
    "VerdictView",
    "last",
    "open_alert",
    "refuse_blocked",
    "refuse_held",
    "run",
]


def run(*, gate: str, number: str, by: Actor, at: datetime) -> CheckResult:
    """Run all models of a gate on a case and keep what they said."""
    return precheck.run(gate=gate, case_number=number, by=by, at=at)


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
    waiting = queries.unreleased(number)
    if waiting:
        raise errors.Held(sentence=waiting[0].sentence, reviewer="镇分管领导", count=len(waiting))


def open_alert(*, number: str, model_code: str, by: Actor, at: datetime) -> int:
    """Open at once what one model finds on a case; return how many alerts opened."""
    return nightly.open_for_case(case_number=number, model_code=model_code, by=by, at=at)
