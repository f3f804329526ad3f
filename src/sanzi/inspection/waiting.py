"""What waits for somebody in inspections: a village to look at, to mend, to verify, a lead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from sanzi.inspection import queries
from sanzi.inspection.models import Finding, Inspection, Lead, Task
from sanzi.kernel import clock
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor

TASK, FINDING, VERIFY, LEAD, CLOSE = "task", "finding", "verify", "lead", "close"
MOST = 50


@dataclass(frozen=True)
class Waiting:
    """One thing to do: what kind, which row, of which village, about what, until when."""

    kind: str
    ext_id: str
    division_code: str
    words: str
    due_at: datetime | None

    def is_late(self, at: datetime) -> bool:
        """Return whether its time has passed."""
        return self.due_at is not None and self.due_at < at


def waiting(*, by: Actor, at: datetime) -> list[Waiting]:
    """Return what the actor himself has to do in inspections, the earliest due first."""
    if by.person_id is None or by.user_id is None:
        return []
    found = [*_tasks(by), *_to_mend(by), *_to_verify(by), *_leads(by), *_to_close(by)]
    return sorted(found, key=lambda one: (one.due_at or at + timedelta(days=365), one.ext_id))


def _open(prefix: str = "") -> Q:
    return Q(**{f"{prefix}inspection__state": Inspection.State.OPEN})


def _tasks(by: Actor) -> Iterator[Waiting]:
    """The villages into which he was sent and which are not handed in."""
    if not scope.prefixes(by, queries.INSPECT):
        return
    rows = Task.objects.filter(
        scope.within(by, queries.INSPECT), _open(), inspectors__person_id=by.person_id or 0
    ).exclude(state=Task.State.FINISHED)
    for one in rows.select_related("inspection").order_by("inspection__ends_date", "pk")[:MOST]:
        day = one.inspection.ends_date + timedelta(days=1)
        until = clock.midnight(day) - timedelta(seconds=1)
        yield Waiting(TASK, one.ext_id, one.division_code, one.inspection.title, until)


def _to_mend(by: Actor) -> Iterator[Waiting]:
    """What was found in his village and is not answered."""
    if not scope.prefixes(by, queries.ANSWER):
        return
    rows = Finding.objects.filter(
        scope.within(by, queries.ANSWER), _open("task__"), state=Finding.State.OPEN
    )
    yield from _findings(FINDING, rows.order_by("due_at", "pk")[:MOST])


def _to_verify(by: Actor) -> Iterator[Waiting]:
    """The answers that he may verify: of villages he was sent to, not his own findings."""
    if not scope.prefixes(by, queries.INSPECT):
        return
    rows = (
        Finding.objects.filter(
            scope.within(by, queries.INSPECT),
            _open("task__"),
            state=Finding.State.ANSWERED,
            task__inspectors__person_id=by.person_id or 0,
        )
        .exclude(found_by_id=by.person_id)
        .exclude(answers__verified_at__isnull=True, answers__person_id=by.person_id or 0)
    )
    yield from _findings(VERIFY, rows.order_by("due_at", "pk")[:MOST])


def _findings(kind: str, rows: object) -> Iterator[Waiting]:
    for one in rows.select_related("task__inspection"):  # type: ignore[attr-defined]
        form = queries.form_of(one)
        due_at = one.due_at if kind == FINDING else None
        words = form.title if form else one.form
        yield Waiting(kind, one.ext_id, one.division_code, words, due_at)


def _leads(by: Actor) -> Iterator[Waiting]:
    """The leads of his office that nobody took, and those that he took."""
    if not scope.prefixes(by, queries.LEADS):
        return
    rows = queries.leads(by).filter(
        Q(state=Lead.State.HANDED) & ~Q(handed_by_id=by.person_id)
        | Q(state=Lead.State.TAKEN, taken_by_id=by.person_id)
    )
    for one in rows.order_by("due_at", "pk")[:MOST]:
        yield Waiting(LEAD, one.ext_id, one.division_code, one.get_state_display(), one.due_at)


def _to_close(by: Actor) -> Iterator[Waiting]:
    """The inspections that he ordered and in which nothing is left but to close them."""
    if not scope.prefixes(by, queries.ORDER):
        return
    rows = (
        Inspection.objects.filter(
            scope.within(by, queries.ORDER), state=Inspection.State.OPEN,
            ordered_by_id=by.person_id,
        )
        .exclude(pk__in=Task.objects.exclude(state=Task.State.FINISHED).values("inspection"))
        .exclude(
            pk__in=Finding.objects.exclude(state=Finding.State.CLOSED).values("task__inspection")
        )
    )  # fmt: skip
    for one in rows.order_by("ends_date", "pk")[:MOST]:
        yield Waiting(CLOSE, one.ext_id, one.division_code, one.title, None)
