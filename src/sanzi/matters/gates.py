"""The one place where cases call supervision: the models at a gate, and holds not yet released.

A gate runs outside the transaction of the step: its models read what is committed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sanzi.matters import errors
from sanzi.orgs.actors import Actor


def run(*, gate: str, number: str, by: Actor, at: datetime) -> Any:
    """Run all models of a gate on a case and keep what they said."""
    from sanzi.supervision.actions import precheck

    return precheck.run(gate=gate, case_number=number, by=by, at=at)


def refuse_blocked(result: Any) -> None:
    """Refuse when a red-line model hit.

    Raises: Blocked, with the first verdict's sentence and what to do.
    """
    if result.blocks:
        first = next(one for one in result.verdicts if one.severity == "block")
        raise errors.Blocked(
            sentence=first.sentence, what_to_do=first.what_to_do, count=result.blocks
        )


def refuse_held(number: str) -> None:
    """Refuse while a hold on the case is not released.

    Raises: Held.
    """
    from sanzi.supervision import queries

    waiting = queries.unreleased(number)
    if waiting:
        raise errors.Held(sentence=waiting[0].sentence, reviewer="镇分管领导", count=len(waiting))
