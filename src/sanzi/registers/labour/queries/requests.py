"""Reads of labour requests: the list of a scope, one with its days and photos, the next roster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from sanzi.kernel import clock
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.registers.labour import rules
from sanzi.registers.labour.models import (
    DeclarationState,
    LabourDeclaration,
    LabourRequest,
    RateUnit,
    RequestState,
)
from sanzi.registers.labour.queries import standards

SEE = "labour.see"


@dataclass(frozen=True)
class RequestRow:
    """A request in the list. Units: fen."""

    ext_id: str
    village: str
    work: str
    place: str
    state: str
    state_label: str
    submitted_at: datetime
    planned_start_date: date
    planned_end_date: date
    day_count: int
    amount_fen: int
    budget_fen: int
    case_number: str
    is_held: bool


@dataclass(frozen=True)
class RosterLine:
    """Somebody who may stand on a day's roster, as it stands or as it was the day before."""

    person_ext_id: str
    name: str
    is_on: bool
    start: str
    end: str
    hours: str
    is_signed: bool
    pieces: int | None = None


@dataclass(frozen=True)
class DaySheet:
    """One day of a request: its roster, its photos by phase, and where it stands."""

    work_date: date
    lines: tuple[RosterLine, ...]
    photos: tuple[tuple[str, str, str], ...]
    is_entered: bool
    is_checked: bool
    copied_from: date | None
    is_by_piece: bool

    def has(self, phase: str) -> bool:
        """Whether a photo of this phase is there."""
        return any(one[0] == phase for one in self.photos)


def access_requests(*, by: Actor) -> QuerySet[LabourRequest]:
    """Return the requests of the actor's scope, newest first."""
    return LabourRequest.objects.filter(scope.within(by, SEE)).order_by("-submitted_at", "-pk")


def access_request(*, by: Actor, ext_id: str) -> LabourRequest:
    """Return one request of the actor's scope. Raises: NotFound."""
    rows = access_requests(by=by).select_related("organisation__division", "dispatcher", "checker")
    found = rows.filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return found


def of_case(case_number: str) -> LabourRequest:
    """Return the request of a case; the caller holds the case's door. Raises: NotFound."""
    rows = LabourRequest.objects.select_related("dispatcher", "checker")
    found = rows.filter(case_number=case_number).exclude(case_number="").first()
    if found is None:
        raise NotFound
    return found


def rows_of(requests: QuerySet[LabourRequest]) -> list[RequestRow]:
    """Return requests as the list and its file show them; three reads however many there are."""
    found = list(requests.select_related("organisation__division"))
    keys = [one.pk for one in found]
    sums = {
        one["pk"]: (one["count"], one["total"] or 0)
        for one in LabourRequest.objects.filter(pk__in=keys)
        .values("pk")
        .annotate(count=Count("days"), total=Sum("days__amount_fen"))
    }
    held = set(
        LabourDeclaration.objects.filter(
            request_id__in=keys, state=DeclarationState.HELD
        ).values_list("request_id", flat=True)
    )
    return [
        RequestRow(
            ext_id=one.ext_id,
            village=one.organisation.division.name,
            work=rules.WORK_KINDS.get(one.work_kind, one.work_kind),
            place=one.place,
            state=one.state,
            state_label="申报暂缓" if one.pk in held else one.get_state_display(),
            submitted_at=one.submitted_at,
            planned_start_date=clock.local_date(one.planned_start_at),
            planned_end_date=clock.local_date(one.planned_end_at),
            day_count=sums[one.pk][0],
            amount_fen=sums[one.pk][1],
            budget_fen=one.budget_fen,
            case_number=one.case_number,
            is_held=one.pk in held,
        )
        for one in found
    ]


def declaration_of(request: LabourRequest) -> LabourDeclaration | None:
    """Return the declaration of a request that stands, None before there is one."""
    return (
        request.declarations.exclude(state=DeclarationState.RETURNED)
        .select_related("request")
        .first()
    )


def days_of(request: LabourRequest) -> list[dict[str, object]]:
    """Return the days that were worked: people, wages, signatures, checked or not."""
    rows = (
        request.days.values("work_date")
        .annotate(
            people=Count("pk"),
            total=Sum("amount_fen"),
            signed=Count("worker_signed_at"),
            checked=Count("checked_at"),
        )
        .order_by("work_date")
    )
    return [dict(one) for one in rows]


def sheet(request: LabourRequest, day: date) -> DaySheet:
    """Return the sheet of a day; a new one is filled from the last day that was worked."""
    standing = list(request.days.filter(work_date=day).select_related("person"))
    source, copied_from = standing, None
    if not standing:
        last = request.days.filter(work_date__lt=day).order_by("-work_date").first()
        if last is not None:
            copied_from = last.work_date
            source = list(request.days.filter(work_date=copied_from).select_related("person"))
    known = {one.person_id: one for one in source}
    people = {one.person_id: one.person for one in standards.listings(request.division_code, day)}
    people.update({one.person_id: one.person for one in source})
    first = next(iter(source), None)
    usual = (
        (_hour(first.start_at), _hour(first.end_at), rules.hours_text(first.minutes))
        if first
        else ("08:00", "17:00", "8")
    )
    lines = []
    for key, person in people.items():
        own = known.get(key)
        shown = (
            (_hour(own.start_at), _hour(own.end_at), rules.hours_text(own.minutes))
            if own
            else usual
        )
        is_signed = bool(standing and own and own.worker_signed_at)
        pieces = own.piece_qty if standing and own else None
        lines.append(
            RosterLine(person.ext_id, person.name, own is not None, *shown, is_signed, pieces)
        )
    photos = request.photos.filter(work_date=day).order_by("uploaded_at", "pk")
    return DaySheet(
        work_date=day,
        lines=tuple(sorted(lines, key=lambda one: (not one.is_on, one.name))),
        photos=tuple(photos.values_list("phase", "attachment_ext_id", "doubts")),
        is_entered=bool(standing),
        is_checked=any(one.checked_at for one in standing),
        copied_from=copied_from,
        is_by_piece=request.rate_unit == RateUnit.PIECE,
    )


def is_open(request: LabourRequest) -> bool:
    """Whether work may be entered."""
    return request.state == RequestState.APPROVED


def days_to_enter(request: LabourRequest, today: date) -> list[date]:
    """Return the days that may be entered now: today and yesterday, as far as they were asked."""
    first = clock.local_date(request.planned_start_at)
    last = clock.local_date(request.planned_end_at)
    near = (today, today - timedelta(days=1))
    return [one for one in near if first <= one <= last] if is_open(request) else []


@dataclass(frozen=True)
class DayDue:
    """A roster that somebody must keep or check today."""

    ext_id: str
    place: str
    village: str
    work_date: date
    is_to_check: bool


def days_due(person_id: int | None, today: date) -> list[DayDue]:
    """Return today's rosters that a person dispatches or checks and that are not settled yet."""
    on_day = Q(days__work_date=today)
    rows = (
        LabourRequest.objects.filter(
            Q(dispatcher_id=person_id) | Q(checker_id=person_id),
            state=RequestState.APPROVED,
            planned_start_at__lt=clock.midnight(today + timedelta(days=1)),
            planned_end_at__gte=clock.midnight(today),
        )
        .select_related("organisation__division")
        .annotate(
            entered=Count("days", filter=on_day),
            checked=Count("days", filter=on_day & Q(days__checked_at__isnull=False)),
        )
        .order_by("planned_start_at", "pk")
    )
    return [
        DayDue(
            ext_id=one.ext_id,
            place=one.place,
            village=one.organisation.division.name,
            work_date=today,
            is_to_check=one.checker_id == person_id,
        )
        for one in rows
        if not one.checked and (one.dispatcher_id == person_id or one.entered)
    ]


def _hour(at: datetime) -> str:
    return clock.minute_text(at)[-5:]
