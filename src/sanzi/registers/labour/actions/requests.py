"""Requests for village labour: asked for before the work, approved, sent back, closed.

The case carries who may decide; here it is judged whether the request may stand at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids, money
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation, Person
from sanzi.registers.labour import rules
from sanzi.registers.labour.errors import (
    CheckerIsDispatcher,
    NotOpen,
    PostMissing,
    RateOver,
    RateUnknown,
    RequestWrong,
    StartedBefore,
)
from sanzi.registers.labour.models import LabourRequest, RateCard, RateUnit, RequestState
from sanzi.registers.labour.queries import standards

DISPATCH = "labour.dispatch"
SUBJECT = "labour_request"
DISPATCHERS = ("dispatcher", "committee_member", "village_secretary", "coop_director")
CHECKERS = (
    "supervision_head", "supervision_member", "committee_member", "village_secretary",
    "coop_supervisor",
)  # fmt: skip
REASON_LENGTH_MIN = 4
HEADS_MAX = 200
PERSON_DAYS_MAX = 2000
DAYS_MAX = 92


@dataclass(frozen=True)
class RequestFields:
    """A request as it is asked for. Units: fen, aware moments, millionths of a degree.

    Ids are ext ids; `rate_fen_day` 0 takes the rate of the card, `budget_fen` 0 the product of
    rate and person-days, but for piece work.
    """

    organisation: str
    work_kind: str
    reason: str
    place: str
    planned_start_at: datetime
    planned_end_at: datetime
    headcount_planned: int
    person_days_planned: int
    rate_code: str
    dispatcher: str
    checker: str
    rate_fen_day: int = 0
    budget_fen: int = 0
    budget_line: str = ""
    decision: str = ""
    is_emergency: bool = False
    lat_e6: int | None = None
    lng_e6: int | None = None


@transaction.atomic
def open_request(*, fields: RequestFields, case_number: str, by: Actor, at: datetime) -> str:
    """Keep a request as handed in and return its id; a case that was sent back keeps its own.

    Raises: NotFound, RequestWrong, StartedBefore, CheckerIsDispatcher, PostMissing, RateUnknown,
        RateOver, NotOpen. Nothing is written then.
    """
    body = _body(fields.organisation)
    scope.require(by, DISPATCH, body.division_id)
    rate, dispatcher, checker = require_open(fields=fields, at=at)
    row = _standing(case_number, body) or LabourRequest(
        ext_id=ids.new_id("LQ", at),
        organisation=body,
        division_code=body.division_id,
        case_number=case_number,
    )
    budget_fen = _budget_fen(fields, rate)
    for name, value in {
        "work_kind": fields.work_kind,
        "reason": fields.reason.strip()[:200],
        "place": fields.place.strip()[:60],
        "lat_e6": fields.lat_e6,
        "lng_e6": fields.lng_e6,
        "planned_start_at": fields.planned_start_at,
        "planned_end_at": fields.planned_end_at,
        "headcount_planned": fields.headcount_planned,
        "person_days_planned": fields.person_days_planned,
        "rate_code": rate.rate_code,
        "rate_fen_day": fields.rate_fen_day or rate.value_fen,
        "rate_unit": rate.unit,
        "budget_fen": budget_fen,
        "budget_line_ext_id": fields.budget_line,
        "decision_ext_id": fields.decision,
        "is_emergency": fields.is_emergency,
        "dispatcher": dispatcher,
        "checker": checker,
        "submitted_at": at,
        "state": RequestState.SUBMITTED,
    }.items():
        setattr(row, name, value)
    row.save()
    told = {"case": case_number, "budget_fen": budget_fen, "dispatcher": dispatcher.ext_id}
    write(row, "opened", by, at, told)
    return row.ext_id


def require_open(*, fields: RequestFields, at: datetime) -> tuple[RateCard, Person, Person]:
    """Refuse a request that may not stand; return its rate, its dispatcher, its checker.

    Raises: what `open_request` raises, but for the scope and the stage.
    """
    body = _body(fields.organisation)
    check_fields(fields, at)
    rate = _rate(fields, body.division_id)
    dispatcher, checker = _two_persons(fields, body.division_id, at)
    _require_budget(_budget_fen(fields, rate), body.division_id, at)
    return rate, dispatcher, checker


def _body(ext_id: str) -> Organisation:
    found = Organisation.objects.filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return found


def check_fields(fields: RequestFields, at: datetime) -> None:
    """Refuse words, days and figures that cannot be. Raises: RequestWrong, StartedBefore."""
    faults = {
        "干什么活": "请从列出的里面选" if fields.work_kind not in rules.WORK_KINDS else "",
        "为什么": "至少写4个字" if len(fields.reason.strip()) < REASON_LENGTH_MIN else "",
        "在哪里": "至少写2个字" if len(fields.place.strip()) < 2 else "",
        "收工时间": _end_fault(fields),
        "人数": _range_fault(fields.headcount_planned, HEADS_MAX),
        "工日": _range_fault(fields.person_days_planned, PERSON_DAYS_MAX),
        "预算": "不能是负数" if min(fields.budget_fen, fields.rate_fen_day) < 0 else "",
    }
    for field, why in faults.items():
        if why:
            raise RequestWrong(field=field, why=why)
    _require_before(fields, at)


def _range_fault(figure: int, most: int) -> str:
    return "" if 1 <= figure <= most else f"要在1到{most}之间"


def _end_fault(fields: RequestFields) -> str:
    if fields.planned_end_at <= fields.planned_start_at:
        return "要在开工以后"
    if fields.planned_end_at - fields.planned_start_at > timedelta(days=DAYS_MAX):
        return f"一件最长{DAYS_MAX}天"
    return ""


def _require_before(fields: RequestFields, at: datetime) -> None:
    """Refuse work that began before it was asked for; rescue has its hours to catch up."""
    known = standards.figures("labour-unapproved-start", "", clock.local_date(at))
    hours = known["emergency_backfill_hours"]
    latest = at - timedelta(hours=hours if fields.is_emergency else 0)
    if fields.planned_start_at < latest - timedelta(minutes=known["grace_minutes"]):
        when = clock.minute_text(fields.planned_start_at)
        raise StartedBefore(when=when, what="申请", hours=hours)


def _budget_fen(fields: RequestFields, rate: RateCard) -> int:
    """Return the budget as told, else the wage of the days; nobody knows how many pieces."""
    if not fields.budget_fen and rate.unit == RateUnit.PIECE:
        raise RequestWrong(field="预算", why="按件算工钱的要写")
    rate_fen = fields.rate_fen_day or rate.value_fen
    return fields.budget_fen or rate_fen * fields.person_days_planned


def _rate(fields: RequestFields, division_code: str) -> RateCard:
    day = clock.local_date(fields.planned_start_at)
    rate = standards.rate_on(fields.rate_code, division_code, day)
    if rate is None:
        raise RateUnknown(day=clock.day_said(day))
    require_rate(fields.rate_fen_day, rate, division_code)
    return rate


def require_rate(rate_fen: int, rate: RateCard, division_code: str) -> None:
    """Refuse a rate above the card and its tolerance. Raises: RateOver."""
    known = standards.figures("labour-rate-over-standard", division_code, rate.valid_from_date)
    if rules.is_over_plan(done=rate_fen, planned=rate.value_fen, percent=known["tolerance"]):
        raise RateOver(
            rate=money.format_yuan(rate_fen),
            title=rate.title,
            limit=money.format_yuan(rate.value_fen),
        )


def _two_persons(fields: RequestFields, division_code: str, at: datetime) -> tuple[Person, Person]:
    if fields.dispatcher == fields.checker:
        raise CheckerIsDispatcher
    return (
        _with_post(fields.dispatcher, division_code, DISPATCHERS, "派工", at),
        _with_post(fields.checker, division_code, CHECKERS, "核对", at),
    )


def _with_post(
    ext_id: str, division_code: str, roles: tuple[str, ...], what: str, at: datetime
) -> Person:
    person = Person.objects.filter(ext_id=ext_id).first()
    if person is None:
        raise RequestWrong(field=f"{what}的人", why="没有这个人")
    if not standards.posts_on(division_code, clock.local_date(at), roles, [person.pk]):
        raise PostMissing(name=person.name, what=what)
    return person


def _require_budget(budget_fen: int, division_code: str, at: datetime) -> None:
    known = standards.figures("labour-disguised-works", division_code, clock.local_date(at))
    limit = known["single_limit"]
    if budget_fen >= limit:
        why = f"到了{money.format_yuan(limit)}元，不能按用工办，请按工程或采购办"
        raise RequestWrong(field="预算", why=why)


def _standing(case_number: str, body: Organisation) -> LabourRequest | None:
    if not case_number:
        return None
    rows = LabourRequest.objects.select_for_update().filter(case_number=case_number)
    found = rows.first()
    if found is None:
        return None
    if found.organisation_id != body.pk:
        raise NotFound
    if found.state not in (RequestState.SUBMITTED, RequestState.RETURNED):
        raise NotOpen(state=found.get_state_display(), verb="再交")
    return found


def approve(*, case_number: str, by: Actor, at: datetime) -> None:
    """Let the work of an approved case begin. Raises: NotFound, NotOpen."""
    _move(case_number, RequestState.APPROVED, (RequestState.SUBMITTED,), by=by, at=at)


def send_back(*, case_number: str, by: Actor, at: datetime) -> None:
    """Follow a case that was returned to its starter. Raises: NotFound, NotOpen."""
    _move(case_number, RequestState.RETURNED, (RequestState.SUBMITTED,), by=by, at=at)


def stop(*, case_number: str, by: Actor, at: datetime) -> None:
    """Follow a case that was rejected or withdrawn. Raises: NotFound, NotOpen."""
    open_states = (RequestState.SUBMITTED, RequestState.RETURNED)
    _move(case_number, RequestState.STOPPED, open_states, by=by, at=at)


def close(*, case_number: str, by: Actor, at: datetime) -> None:
    """End a request whose wages are on their way. Raises: NotFound, NotOpen."""
    _move(case_number, RequestState.CLOSED, (RequestState.ACCEPTED,), by=by, at=at)


@transaction.atomic
def _move(
    case_number: str,
    to: RequestState,
    allowed: tuple[RequestState, ...],
    *,
    by: Actor,
    at: datetime,
) -> None:
    rows = LabourRequest.objects.select_for_update(of=("self",)).select_related("organisation")
    row = rows.filter(case_number=case_number).exclude(case_number="").first()
    if row is None:
        raise NotFound
    if row.state not in allowed:
        raise NotOpen(state=row.get_state_display(), verb=to.label)
    before, row.state = row.state, to
    if to == RequestState.APPROVED:
        row.approved_at = at
    row.save(update_fields=["state", "approved_at"])
    write(row, "moved", by, at, {"from": before, "to": str(to)})


def write(
    row: LabourRequest, verb: str, by: Actor, at: datetime, after: Mapping[str, object]
) -> None:
    """Write the audit event of a request, in the chain of its body."""
    audit.write(
        chain=row.organisation.ext_id,
        kind=f"labour.request.{verb}",
        by=by,
        at=at,
        subject=(SUBJECT, row.ext_id),
        after=after,
    )
