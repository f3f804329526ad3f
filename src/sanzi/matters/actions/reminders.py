"""The worker's reminders: a step is due soon, a step is overdue. Told once each, to who may act."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanzi.kernel import clock
from sanzi.matters import editions, rules
from sanzi.matters.models import CaseStep, StepState
from sanzi.notices import duties, outbox
from sanzi.orgs import queries as orgs

EVERY_SECONDS = 300
BATCH = 500


def register() -> None:
    """Make reminding a duty of the worker; called once from `apps.ready`."""
    duties.register("matters.remind", EVERY_SECONDS, remind)


def remind(at: datetime) -> int:
    """Tell the holders of steps that are due soon or overdue; return how many steps were told of.

    A step is told of at most twice: when a quarter of its time is left (the matter file says how
    much) and when it is late. The notice's key keeps it single, whatever the worker repeats.
    """
    rows = (
        CaseStep.objects.filter(state=StepState.OPEN, due_at__isnull=False)
        .select_related("case")
        .defer("case__form")
        .order_by("due_at")
    )
    told = 0
    for row in rows.iterator(BATCH):
        kind = _kind(row, at)
        if kind:
            told += _tell(row, kind, at)
    return told


def _kind(row: CaseStep, at: datetime) -> str:
    """Return `overdue`, `due_soon`, or empty when there is nothing new to tell."""
    matter = editions.of(row.case)
    if matter is None or row.due_at is None or row.opened_at is None:
        return ""
    if at > row.due_at:
        return "" if row.reminded_at and row.reminded_at > row.due_at else "overdue"
    soon = rules.remind_at(row.opened_at, row.due_at, matter.soon_percent)
    return "due_soon" if at >= soon and row.reminded_at is None else ""


def _tell(row: CaseStep, kind: str, at: datetime) -> int:
    with transaction.atomic():
        written = CaseStep.objects.filter(pk=row.pk, state=StepState.OPEN).update(reminded_at=at)
        if not written:
            return 0
        holders = orgs.holders(row.role_code, row.division_code, clock.local_date(at))
        outbox.enqueue(
            [
                outbox.NewNotice(
                    dedup_key=f"step:{row.pk}:{kind}:{one.user_id}",
                    channel="INBOX",
                    template=f"matters.{kind}",
                    params={"title": row.case.title, "number": row.case.number},
                    user_id=one.user_id,
                    subject_kind="case",
                    subject_id=row.case.number,
                )
                for one in holders
                if one.user_id is not None
            ],
            at=at,
        )
    return 1
