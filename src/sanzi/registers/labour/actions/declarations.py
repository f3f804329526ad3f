"""Wages of a request: declared after the work, accepted by another, shown three days, then paid.

Three signs hold a declaration until the township's leader releases it with a reason: declared too
soon after the request, more than was asked for, photos missing or used before.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Min, Sum

from sanzi.kernel import clock, ids
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.registers.labour import rules
from sanzi.registers.labour.actions import requests
from sanzi.registers.labour.actions.locking import lock
from sanzi.registers.labour.errors import (
    DeclarationHeld,
    DeclarerAccepts,
    NotChecked,
    NothingDone,
    NotOpen,
    ReasonNeeded,
)
from sanzi.registers.labour.models import (
    DeclarationState,
    LabourDeclaration,
    LabourRequest,
    Phase,
    RequestState,
)
from sanzi.registers.labour.queries import standards
from sanzi.supervision import queries as supervision
from sanzi.supervision.actions import release_hold

DECLARE = "labour.declare"
ACCEPT = "labour.accept"
RELEASE = "labour.release"
GATE_HOLDS = ("labour-quick-declare", "labour-over-plan", "labour-photo-missing")
HOLDS = {
    "quick": "申请到申报不到{hours}小时。",
    "over_plan": "干的比申请的多。",
    "photos": "现场照片不全，或者和别处用过的很像。",
}


@transaction.atomic
def declare(*, request: str, by: Actor, at: datetime) -> str:
    """Declare the wages of all checked days and return the declaration's id.

    Raises: NotFound, NotOpen, NothingDone, NotChecked. Nothing is written then.
    """
    row = lock(request, by, DECLARE, (RequestState.APPROVED,), "申报")
    found = row.days.aggregate(
        total=Sum("amount_fen"), count=Count("pk"), first=Min("start_at"), last=Max("end_at")
    )
    if not found["count"]:
        raise NothingDone
    unchecked = row.days.filter(checked_at=None).order_by("work_date").first()
    if unchecked is not None:
        day = unchecked.work_date
        name = row.checker.name if row.checker else "核对人"
        raise NotChecked(day=clock.day_said(day), name=name)
    holds = _holds(row, found, at)
    made = LabourDeclaration.objects.create(
        ext_id=ids.new_id("LC", at),
        request=row,
        declared_at=at,
        declared_by_id=by.person_id,
        total_fen=found["total"],
        day_count=found["count"],
        state=DeclarationState.HELD if holds else DeclarationState.DECLARED,
        hold=" ".join(holds),
    )
    row.state = RequestState.DECLARED
    row.save(update_fields=["state"])
    told = {"declaration": made.ext_id, "total_fen": made.total_fen, "hold": made.hold}
    requests.write(row, "declared", by, at, told)
    return made.ext_id


def _holds(row: LabourRequest, found: dict[str, object], at: datetime) -> list[str]:
    today = clock.local_date(at)
    quick = standards.figures("labour-quick-declare", row.division_code, today)
    plan = standards.figures("labour-over-plan", row.division_code, today)
    began = found["first"] if row.is_emergency else row.submitted_at
    holds = []
    if isinstance(began, datetime) and at - began < timedelta(hours=quick["min_gap_hours"]):
        holds.append("quick")
    percent = plan["tolerance"]
    days, total = found["count"], found["total"]
    if (
        isinstance(days, int)
        and isinstance(total, int)
        and (
            rules.is_over_plan(done=days, planned=row.person_days_planned, percent=percent)
            or rules.is_over_plan(done=total, planned=row.budget_fen, percent=percent)
        )
    ):
        holds.append("over_plan")
    if _photos_lack(row):
        holds.append("photos")
    return holds


def _photos_lack(row: LabourRequest) -> bool:
    worked: set[date] = set(row.days.values_list("work_date", flat=True))
    phases: dict[date, set[str]] = {}
    for day, phase, doubts in row.photos.values_list("work_date", "phase", "doubts"):
        if doubts and day in worked and phase != Phase.CHECKIN:
            return True
        phases.setdefault(day, set()).add(phase)
    needed = {Phase.BEFORE.value, Phase.AFTER.value}
    return any(not needed <= phases.get(day, set()) for day in worked)


@transaction.atomic
def release(*, request: str, reason: str, by: Actor, at: datetime) -> None:
    """Let a held declaration go on, as the reviewer, with a reason; its case goes on with it.

    Raises: NotFound, ReasonNeeded, NotOpen when nothing is held; what the release of a hold
        on the case refuses.
    """
    row, found = _declared(request, by, RELEASE)
    if len(reason.strip()) < rules.REASON_LENGTH_MIN:
        raise ReasonNeeded(verb="放行")
    if found.state != DeclarationState.HELD:
        raise NotOpen(state=found.get_state_display(), verb="放行")
    found.state = DeclarationState.DECLARED
    found.released_by_id, found.released_at = by.person_id, at
    found.release_reason = reason.strip()[:200]
    found.save(update_fields=["state", "released_by", "released_at", "release_reason"])
    requests.write(row, "released", by, at, {"hold": found.hold, "reason": found.release_reason})
    for one in supervision.unreleased(row.case_number) if row.case_number else ():
        if one.model_code in GATE_HOLDS:
            release_hold(
                case_number=row.case_number,
                model_code=one.model_code,
                finding_id=one.finding_id,
                reason=reason,
                by=by,
                at=at,
            )


def follow_release(case_number: str, reason: str, by: Actor, at: datetime) -> None:
    """Let a declaration go on once every hold on its case was released there."""
    row = LabourRequest.objects.filter(case_number=case_number).first()
    found = row.declarations.filter(state=DeclarationState.HELD).first() if row else None
    if row is None or found is None or supervision.unreleased(case_number):
        return
    release(request=row.ext_id, reason=reason, by=by, at=at)


@transaction.atomic
def accept(*, request: str, opinion: str, by: Actor, at: datetime) -> date:
    """Accept the work and its wages; return the last day on which the roll is shown.

    Raises: NotFound, NotOpen, DeclarationHeld, DeclarerAccepts.
    """
    row, found = _declared(request, by, ACCEPT)
    if found.state == DeclarationState.HELD:
        raise DeclarationHeld(why=hold_words(found))
    if by.person_id in (row.dispatcher_id, found.declared_by_id):
        raise DeclarerAccepts
    found.state = DeclarationState.ACCEPTED
    found.accepted_by_id, found.accepted_at = by.person_id, at
    found.opinion = opinion.strip()[:200]
    found.public_until_date = clock.local_date(at) + timedelta(days=rules.PUBLIC_DAYS)
    found.save(
        update_fields=["state", "accepted_by", "accepted_at", "opinion", "public_until_date"]
    )
    row.state = RequestState.ACCEPTED
    row.save(update_fields=["state"])
    requests.write(row, "accepted", by, at, {"until": str(found.public_until_date)})
    return found.public_until_date


@transaction.atomic
def send_back(*, request: str, reason: str, by: Actor, at: datetime) -> None:
    """Give a declaration back, with a reason: days can be corrected and declared again.

    Raises: NotFound, NotOpen, ReasonNeeded.
    """
    row, found = _declared(request, by, ACCEPT)
    if len(reason.strip()) < rules.REASON_LENGTH_MIN:
        raise ReasonNeeded(verb="退回")
    found.state, found.opinion = DeclarationState.RETURNED, reason.strip()[:200]
    found.save(update_fields=["state", "opinion"])
    row.state = RequestState.APPROVED
    row.save(update_fields=["state"])
    requests.write(row, "declaration_sent_back", by, at, {"reason": found.opinion})


def hold_words(found: LabourDeclaration) -> str:
    """Return why a declaration is held, in words."""
    day = clock.local_date(found.declared_at)
    known = standards.figures("labour-quick-declare", found.request.division_code, day)
    return "".join(HOLDS[one].format(hours=known["min_gap_hours"]) for one in found.hold.split())


def _declared(request: str, by: Actor, permission: str) -> tuple[LabourRequest, LabourDeclaration]:
    rows = LabourRequest.objects.select_for_update(of=("self",)).select_related("organisation")
    row = rows.filter(ext_id=request).first()
    if row is None:
        raise NotFound
    scope.require(by, permission, row.division_code)
    found = row.declarations.exclude(state=DeclarationState.RETURNED).first()
    if row.state != RequestState.DECLARED or found is None:
        raise NotOpen(state=row.get_state_display(), verb="验收")
    found.request = row
    return row, found
