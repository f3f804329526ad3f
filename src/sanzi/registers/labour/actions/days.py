"""The roster of a day: entered by the dispatcher, signed by the worker, checked by the checker.

All three on the day itself; the next day only with a reason. Locks: the request, then the persons
by key, so that two villages cannot enter one person for the same hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from sanzi.kernel import clock, ids
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person
from sanzi.registers.labour import rules
from sanzi.registers.labour.actions import fitness, requests
from sanzi.registers.labour.actions.locking import lock
from sanzi.registers.labour.actions.photos import OPEN, require_within
from sanzi.registers.labour.errors import (
    DayLate,
    DayLocked,
    HoursWrong,
    NotSigned,
    Overlap,
    PersonTwice,
    PersonUnfit,
    PhotoFirst,
    PiecesWrong,
    ReasonNeeded,
    RosterEmpty,
    RosterTooLong,
    StartedBefore,
)
from sanzi.registers.labour.models import LabourDay, LabourRequest, Phase, RateUnit
from sanzi.registers.labour.queries import standards

CHECK = "labour.check"
SIGNED_HERE, SIGNED_SHEET = "phone", "sheet"


@dataclass(frozen=True)
class RosterRow:
    """One person of a roster. Units: aware moments, minutes; `is_signed` when he signed here.

    `pieces` are told where the request is paid by the piece, and only there.
    """

    person: str
    start_at: datetime
    end_at: datetime
    minutes: int
    pieces: int | None = None
    is_signed: bool = False


@transaction.atomic
def enter_day(
    *,
    request: str,
    work_date: date,
    rows: Sequence[RosterRow],
    by: Actor,
    at: datetime,
    late_reason: str = "",
) -> int:
    """Put down who worked on a day, in place of what stood there; return how many rows.

    Nobody signs for another: the request's dispatcher enters, each worker signs on his phone or
    on the sheet that is photographed.
    Raises: NotFound, NotOpen, DayOutside, DayLate, DayLocked, PhotoFirst, RosterEmpty,
        RosterTooLong, PersonTwice, PersonUnfit, DispatcherPaid, PiecesWrong, HoursWrong, Overlap,
        StartedBefore. Nothing is written then.
    """
    row = lock(request, by, requests.DISPATCH, OPEN, "记工")
    if by.person_id != row.dispatcher_id:
        raise NotFound
    require_within(row, work_date)
    require_in_time(row, work_date, at, late_reason, "名单")
    standing = LabourDay.objects.filter(request=row, work_date=work_date)
    if standing.filter(checked_at__isnull=False).exists():
        raise DayLocked(day=clock.day_said(work_date))
    if not row.photos.filter(work_date=work_date, phase=Phase.BEFORE).exists():
        raise PhotoFirst(day=clock.day_said(work_date), phase=Phase.BEFORE.label)
    if not rows:
        raise RosterEmpty
    if len(rows) > rules.ROSTER_MAX:
        raise RosterTooLong(limit=rules.ROSTER_MAX, count=len(rows))
    people = _people(row, rows)
    fitness.require_fit(row, list(people.values()), work_date)
    _require_pieces(row, rows, people)
    _require_hours(row, work_date, rows, people)
    signed = dict(standing.exclude(worker_signed_at=None).values_list("person_id", "signed_by"))
    standing.delete()
    made = [_made(row, one, people[one.person], work_date, at) for one in rows]
    for one in made:
        one.late_reason = late_reason.strip()[:100]
        if one.person_id in signed and one.worker_signed_at is None:
            one.worker_signed_at, one.signed_by = at, signed[one.person_id]
    LabourDay.objects.bulk_create(made)
    told = {"day": str(work_date), "people": len(made), "sum_fen": sum(d.amount_fen for d in made)}
    requests.write(row, "day_entered", by, at, told)
    return len(made)


def require_in_time(
    row: LabourRequest, work_date: date, at: datetime, reason: str, what: str
) -> None:
    """Refuse another day than today; yesterday needs a reason. Raises: DayLate."""
    today = clock.local_date(at)
    age = (today - work_date).days
    if age == 0:
        return
    if age < 0:
        raise DayLate(day=clock.day_said(work_date), what=what, advice="那天还没有到，请核对日期。")
    if age > 1:
        raise DayLate(
            day=clock.day_said(work_date),
            what=what,
            advice="请把情况告诉镇农经负责人，这一天不能再记。",
        )
    if len(reason.strip()) < rules.REASON_LENGTH_MIN and not row.is_emergency:
        raise DayLate(
            day=clock.day_said(work_date), what=what, advice="请写上昨天没办的原因，至少4个字。"
        )


def _people(row: LabourRequest, rows: Sequence[RosterRow]) -> dict[str, Person]:
    wanted = {one.person for one in rows}
    found = Person.objects.select_for_update(of=("self",)).filter(
        ext_id__in=wanted, division_id=row.division_code
    )
    people = {one.ext_id: one for one in found.order_by("pk")}
    if len(people) < len(wanted):
        raise PersonUnfit(name="名单上有人", why="不是本村登记的人", advice="请从本村名单里选。")
    return people


def _require_pieces(
    request: LabourRequest, rows: Sequence[RosterRow], people: dict[str, Person]
) -> None:
    is_by_piece = request.rate_unit == RateUnit.PIECE
    for one in rows:
        name = people[one.person].name
        if not is_by_piece and one.pieces is not None:
            raise PiecesWrong(name=name, why="这一件按天算工钱，不写件数")
        if is_by_piece and not 1 <= (one.pieces or 0) <= rules.PIECES_MAX:
            raise PiecesWrong(name=name, why=f"按件算工钱，件数要在1到{rules.PIECES_MAX}之间")


def _require_hours(
    request: LabourRequest,
    work_date: date,
    rows: Sequence[RosterRow],
    people: dict[str, Person],
) -> None:
    known = standards.figures("labour-overlap-person", request.division_code, work_date)
    elsewhere = _shifts_elsewhere(request, work_date, [one.pk for one in people.values()])
    here: dict[str, list[rules.Shift]] = {}
    for one in rows:
        name = people[one.person].name
        shift = rules.Shift(one.start_at, one.end_at, one.minutes)
        if clock.local_date(one.start_at) != work_date:
            raise HoursWrong(name=name, why="开工不在这一天")
        _require_not_before(request, one)
        mine = here.setdefault(one.person, [])
        if rules.overlapping(shift, mine):
            raise PersonTwice(name=name, day=clock.day_said(work_date))
        others = elsewhere.get(people[one.person].pk, [])
        met = rules.overlapping(shift, others)
        if met is not None:
            hours = f"{_clock(met.start_at)}到{_clock(met.end_at)}"
            raise Overlap(name=name, day=clock.day_said(work_date), hours=hours, place=met.place)
        why = rules.hours_fault(shift, [*mine, *others], hours_max=known["max_hours_day"])
        if why:
            raise HoursWrong(name=name, why=why)
        mine.append(shift)


def _require_not_before(request: LabourRequest, one: RosterRow) -> None:
    known = standards.figures(
        "labour-unapproved-start", request.division_code, clock.local_date(one.start_at)
    )
    floor, what = request.approved_at or request.submitted_at, "批准"
    if request.is_emergency:
        floor = request.submitted_at - timedelta(hours=known["emergency_backfill_hours"])
        what = "补申请的期限"
    if one.start_at < floor - timedelta(minutes=known["grace_minutes"]):
        hours = known["emergency_backfill_hours"]
        raise StartedBefore(when=clock.minute_text(one.start_at), what=what, hours=hours)


def _shifts_elsewhere(
    request: LabourRequest, work_date: date, people: list[int]
) -> dict[int, list[rules.Shift]]:
    span = (work_date - timedelta(days=1), work_date + timedelta(days=1))
    rows = (
        LabourDay.objects.filter(person_id__in=people, work_date__range=span)
        .exclude(request=request, work_date=work_date)
        .select_related("request__organisation__division")
    )
    found: dict[int, list[rules.Shift]] = {}
    for one in rows:
        place = f"{one.request.organisation.division.name}{one.request.place}"
        is_same_day = one.work_date == work_date
        minutes = one.minutes if is_same_day else 0
        shift = rules.Shift(one.start_at, one.end_at, minutes, place)
        found.setdefault(one.person_id, []).append(shift)
    return found


def _made(
    request: LabourRequest, one: RosterRow, person: Person, work_date: date, at: datetime
) -> LabourDay:
    return LabourDay(
        ext_id=ids.new_id("LD", at),
        request=request,
        division_code=request.division_code,
        person=person,
        work_date=work_date,
        start_at=one.start_at,
        end_at=one.end_at,
        minutes=one.minutes,
        piece_qty=one.pieces,
        rate_fen_day=request.rate_fen_day,
        amount_fen=rules.wage_fen(
            rate_fen=request.rate_fen_day, minutes=one.minutes, pieces=one.pieces
        ),
        dispatcher_id=request.dispatcher_id,
        entered_at=at,
        worker_signed_at=at if one.is_signed else None,
        signed_by=SIGNED_HERE if one.is_signed else "",
    )


@transaction.atomic
def sign_sheet(*, request: str, work_date: date, by: Actor, at: datetime) -> int:
    """Take the photographed sheet as the workers' signatures; return how many were open.

    Raises: NotFound, NotOpen, PhotoFirst without a photo of the sheet, DayLate, DayLocked.
    """
    row = lock(request, by, requests.DISPATCH, OPEN, "签到")
    if by.person_id != row.dispatcher_id:
        raise NotFound
    require_in_time(row, work_date, at, "签到单照片", "签到")
    if not row.photos.filter(work_date=work_date, phase=Phase.CHECKIN).exists():
        raise PhotoFirst(day=clock.day_said(work_date), phase=Phase.CHECKIN.label)
    days = row.days.filter(work_date=work_date)
    if days.filter(checked_at__isnull=False).exists():
        raise DayLocked(day=clock.day_said(work_date))
    count = days.filter(worker_signed_at=None).update(worker_signed_at=at, signed_by=SIGNED_SHEET)
    requests.write(row, "day_signed", by, at, {"day": str(work_date), "people": count})
    return count


@transaction.atomic
def check_day(
    *, request: str, work_date: date, by: Actor, at: datetime, late_reason: str = ""
) -> int:
    """Confirm the roster of a day as the request's checker; return how many rows.

    Raises: NotFound, NotOpen, RosterEmpty, NotSigned, PhotoFirst without a photo after the work,
        DayLate, DayLocked.
    """
    row = lock(request, by, CHECK, OPEN, "核对")
    if by.person_id != row.checker_id:
        raise NotFound
    days = row.days.filter(work_date=work_date)
    if not days.exists():
        raise RosterEmpty
    require_in_time(row, work_date, at, late_reason, "核对")
    if days.filter(checked_at__isnull=False).exists():
        raise DayLocked(day=clock.day_said(work_date))
    unsigned = days.filter(worker_signed_at=None).count()
    if unsigned:
        raise NotSigned(day=clock.day_said(work_date), count=unsigned)
    if not row.photos.filter(work_date=work_date, phase=Phase.AFTER).exists():
        raise PhotoFirst(day=clock.day_said(work_date), phase=Phase.AFTER.label)
    count = days.update(checked_at=at, checker_id=by.person_id)
    requests.write(row, "day_checked", by, at, {"day": str(work_date), "people": count})
    return count


@transaction.atomic
def send_back_day(*, request: str, work_date: date, reason: str, by: Actor, at: datetime) -> None:
    """Open a roster again for correction, with a reason: the signatures are taken anew.

    Raises: NotFound, NotOpen, ReasonNeeded, RosterEmpty.
    """
    row = lock(request, by, CHECK, OPEN, "退回")
    if by.person_id != row.checker_id:
        raise NotFound
    if len(reason.strip()) < rules.REASON_LENGTH_MIN:
        raise ReasonNeeded(verb="退回")
    count = row.days.filter(work_date=work_date).update(
        checked_at=None, checker_id=None, worker_signed_at=None, signed_by=""
    )
    if not count:
        raise RosterEmpty
    told = {"day": str(work_date), "reason": reason.strip()[:100]}
    requests.write(row, "day_sent_back", by, at, told)


def _clock(moment: datetime) -> str:
    return clock.minute_text(moment)[-5:]
