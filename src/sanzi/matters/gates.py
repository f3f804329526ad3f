"""The one place where cases call supervision: the models at a gate, and holds not yet released.

Where money is paid, a gate runs before the transaction of the step, which stays short. What a
step writes into a register is there only once it is taken: the models judge it inside the
transaction, and what they block takes the step with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from sanzi.matters import errors
from sanzi.orgs.actors import Actor
from sanzi.supervision import frozen, queries
from sanzi.supervision.actions import nightly, precheck
from sanzi.supervision.queries import CheckResult, VerdictView

__all__ = [
    "CheckResult",
    "Stopped",
    "VerdictView",
    "judge_page",
    "judge_taken",
    "kept_when_stopped",
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
    """Return the newest check of a case with what stops its page, None when none was made."""
    steps, page = queries.last_checks(number)
    if steps is None or page is None:
        return steps or page
    return replace(steps, verdicts=(*steps.verdicts, *page.verdicts))


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


class Stopped(Exception):
    """What was just written may not stand: whoever catches this undoes it and keeps the answer."""

    def __init__(self, weighed: precheck.Weighed, row: StoppedRow | None = None) -> None:
        super().__init__(weighed.gate)
        self.weighed = weighed
        self.row = row

    def keep(self) -> CheckResult:
        """Keep what was said, after what was written is gone."""
        if self.row is None:
            return precheck.keep(self.weighed)
        self.row.remember()
        return precheck.keep_row(self.weighed, self.row.row_id)

    def tell(self, *, by: Actor, at: datetime) -> int:
        """Open the alerts at once, on the rows as they were; return how many opened."""
        rows = self.row.rows if self.row else None
        return nightly.open_found(self.weighed.found, by=by, at=at, rows=rows)


@dataclass(frozen=True)
class StoppedRow:
    """The one row that was judged, what it stood on, and what is done once it is gone."""

    row_id: str
    rows: frozen.Rows
    remember: Callable[[], None]


@contextmanager
def kept_when_stopped() -> Iterator[None]:
    """Keep what stopped the transaction inside, and refuse. Raises: Blocked, Held."""
    try:
        yield
    except Stopped as stopped:
        said = stopped.keep()
        refuse_blocked(said)
        _refuse([one for one in said.verdicts if one.severity == "hold" and not one.is_released])


@contextmanager
def undone_when_blocked() -> Iterator[None]:
    """Open the transaction of a step: what `judge_taken` blocks is undone, what it said is kept.

    Raises: Blocked, with the first verdict's sentence and what to do; Held, for a page.
    """
    with kept_when_stopped(), transaction.atomic():
        yield


def judge_taken(*, gate: str, number: str, at: datetime) -> CheckResult | None:
    """Judge what a step has just written, inside `undone_when_blocked`, and keep what was said.

    None when no model has anything to say of such a case.
    """
    weighed = precheck.weigh(gate=gate, case_number=number, at=at)
    if weighed.is_blocked:
        raise Stopped(weighed)
    return precheck.keep(weighed) if weighed.model_count else None


def judge_page(
    *, row_id: str, subject_id: str, at: datetime, was_held: bool, remember: Callable[[], None]
) -> None:
    """Judge a publication that was just written; what is said is kept under its case, or its place.

    `was_held`: the same page was kept back before. `remember` runs once it is undone.
    Raises: Stopped, when a red line is passed or a hold is not released; CheckNotRun.
    """
    weighed = precheck.weigh_row(
        gate="publish", table="disclosure", row_id=row_id, subject_id=subject_id, at=at
    )
    if _stops(weighed):
        rows = frozen.read(frozen.wanted(weighed.found))
        raise Stopped(weighed, StoppedRow(row_id, rows, remember))
    if weighed.found or was_held:
        precheck.keep_row(weighed, row_id)


def _stops(weighed: precheck.Weighed) -> bool:
    """Whether a red line is passed, or a hold is not released."""
    held = [one for one in weighed.found if one.model.severity == "hold"]
    released = queries.releases(one.finding_id for one in held) if held else {}
    return weighed.is_blocked or any(
        (one.model.code, one.finding_id, one.figures_digest) not in released for one in held
    )


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
