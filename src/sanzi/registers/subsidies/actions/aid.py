"""Aid: asked for by a household, looked into at home, shown, decided by the county, paid.

Each is a step of the power M26. Source: 《社会救助暂行办法》; 《浙江省社会救助条例》第十一条.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids, money
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Household, Organisation, Person
from sanzi.registers.subsidies import rules
from sanzi.registers.subsidies.errors import (
    AidDeceased,
    AidKinUnfiled,
    AidMeans,
    AidMemberWrong,
    AidMonthPaid,
    AidNotVisited,
    AidReasonNeeded,
    AidSumNeeded,
    AidTooOften,
    AidTwice,
    AidVisitorsWrong,
    NotNow,
    NotPayable,
    NotShownEnough,
    Overpaid,
    WrongPayee,
)
from sanzi.registers.subsidies.models import (
    ONCE,
    AidCase,
    AidKind,
    AidMember,
    AidStatus,
    AidVisitor,
)
from sanzi.registers.subsidies.queries import aid as reads
from sanzi.registers.subsidies.queries import fitness

KIND = "aid"
VISITORS = 2
WORDS_MIN = 6
MEANS = {"vehicle": "车辆", "house": "房产", "company": "公司"}


@dataclass(frozen=True)
class AidFields:
    """The application."""

    organisation: str
    kind: str
    applicant: str
    members: Sequence[str]
    is_kin_of_staff: bool
    renews: str = ""


@dataclass(frozen=True)
class Visit:
    """What two persons found at home. Units: fen; `explained` are words on means found."""

    visitors: Sequence[str]
    visited_at: datetime
    income_month_fen: int
    is_agreed: bool
    explained: str = ""
    reviewed_at: datetime | None = None


@dataclass(frozen=True)
class Decision:
    """What the county decides. Units: fen."""

    is_approved: bool
    reason: str = ""
    monthly_fen: int | None = None
    start_date: date | None = None
    end_date: date | None = None
    is_visited: bool = False


@dataclass(frozen=True)
class Judged:
    """An application that may be handed in."""

    organisation: Organisation
    applicant: Person
    members: tuple[Person, ...]
    renews: AidCase | None
    is_near: bool


def judge(*, fields: AidFields, at: datetime) -> Judged:
    """Return what the registers know of an application.

    Raises: NotFound, AidMemberWrong, AidKinUnfiled, AidTwice, AidTooOften.
    """
    body = Organisation.objects.filter(ext_id=fields.organisation).first()
    people = fitness.named([fields.applicant, *fields.members])
    applicant = people.get(fields.applicant)
    if body is None or applicant is None or len(people) != len({*fields.members, fields.applicant}):
        raise NotFound
    if applicant.household is None or applicant.division_id != body.division_id:
        raise AidMemberWrong(name=applicant.name, why="没有登记在本村的户里", field="applicant")
    members = [people[key] for key in dict.fromkeys([fields.applicant, *fields.members])]
    died = fitness.deaths(members)
    for one in members:
        if one.household_id != applicant.household_id:
            raise AidMemberWrong(name=one.name, why="不是这一户的人", field="members")
        if one.pk in died:
            raise AidMemberWrong(name=one.name, why="已经去世", field="members")
    day = clock.local_date(at)
    near = reads.near_staff(body.division_id, day)
    kin = next((one for one in members if one.pk in near), None)
    if kin is not None and not fields.is_kin_of_staff:
        raise AidKinUnfiled(name=kin.name, field="kin_of_staff")
    renews = None
    if fields.renews:
        renews = AidCase.objects.filter(
            ext_id=fields.renews, household=applicant.household, status=AidStatus.APPROVED
        ).first()
        if renews is None:
            raise AidMemberWrong(name=applicant.name, why="家没有这一件救助", field="renews")
    _require_once(fields.kind, applicant, at, renews)
    return Judged(body, applicant, tuple(members), renews, kin is not None)


def _require_once(kind: str, applicant: Person, at: datetime, renews: AidCase | None) -> None:
    home = applicant.household_id or 0
    if kind == AidKind.TEMPORARY:
        _require_seldom(home, at, 1, field="kind")
        return
    if kind in ONCE:
        return
    other = reads.live(home, clock.local_date(at), but=renews.pk if renews else None).first()
    if other is not None:
        raise AidTwice(other=AidKind(other.kind).label, kind=AidKind(kind).label, field="kind")


def _require_seldom(home: int, at: datetime, more_fen: int, field: str) -> None:
    """Refuse a household temporary aid that goes beyond the number or the sum of twelve months."""
    count, fen = reads.temporary(home, at)
    figures = rules.on(clock.local_date(at))
    if count >= figures.temporary_per_year or fen + more_fen > figures.temporary_max_fen:
        raise AidTooOften(count=count, fen=money.format_yuan(fen), field=field)


@transaction.atomic
def apply(*, fields: AidFields, case_number: str, by: Actor, at: datetime) -> None:
    """Enter an application, in place of an earlier form of the same case.

    Raises: what `judge` raises.
    """
    judged = judge(fields=fields, at=at)
    AidCase.objects.filter(case_number=case_number).delete()
    found = AidCase.objects.create(
        ext_id=ids.new_id("JZ", at), organisation=judged.organisation,
        division_code=judged.organisation.division_id, case_number=case_number,
        kind=fields.kind, household_id=judged.applicant.household_id or 0,
        applicant=judged.applicant, renews=judged.renews,
        is_kin_of_staff=fields.is_kin_of_staff,
        kin_filed_at=at if fields.is_kin_of_staff else None, applied_at=at,
    )  # fmt: skip
    AidMember.objects.bulk_create(
        AidMember(aid_case=found, person=one, consented_at=at) for one in judged.members
    )
    _tell(found, "applied", by, at, {"kind": found.kind})


@transaction.atomic
def accept(*, case_number: str, by: Actor, at: datetime) -> None:
    """Take the application on: the papers are whole. Raises: NotFound, NotNow."""
    found = _locked(case_number, AidStatus.APPLIED, "受理")
    found.accepted_at = at
    _move(found, AidStatus.ACCEPTED, by, at, {})


@transaction.atomic
def visit(*, case_number: str, visit: Visit, by: Actor, at: datetime) -> None:
    """Note what was found at home and in other registers.

    Raises: NotFound, NotNow, AidVisitorsWrong, AidMeans.
    """
    found = _locked(case_number, AidStatus.ACCEPTED, "调查")
    visitors = list(fitness.named(visit.visitors).values())
    members = [one.person for one in found.members.select_related("person").order_by("pk")]
    if len(visitors) < VISITORS:
        raise AidVisitorsWrong(why=f"只有{len(visitors)}个，要{VISITORS}个")
    if visit.visited_at > at:
        raise AidVisitorsWrong(why="写的是以后的时间")
    kin: set[int] = set().union(*(orgs.kin_ids(one.pk) for one in members))
    close = next((one for one in visitors if one.pk in kin | {m.pk for m in members}), None)
    if close is not None:
        raise AidVisitorsWrong(why=f"里，{close.name}是这户的人或近亲属")
    if visit.is_agreed and len(visit.explained.strip()) < WORDS_MIN:
        _require_means(members, clock.local_date(at))
    AidVisitor.objects.bulk_create(AidVisitor(aid_case=found, person=one) for one in visitors)
    found.investigated_at, found.reviewed_at = visit.visited_at, visit.reviewed_at
    found.income_month_fen = visit.income_month_fen
    _move(found, AidStatus.VISITED, by, at, {"agreed": visit.is_agreed})


def _require_means(members: Sequence[Person], day: date) -> None:
    figures = rules.on(day)
    for person in members:
        said = fitness.statuses([person], day, day).get(person.pk, [])
        houses = [one for one in said if one.kind == "house"]
        dear = [
            one
            for one in said
            if (one.kind == "vehicle" and one.value_fen > figures.vehicle_max_fen)
            or one.kind == "company"
            or (one.kind == "house" and len(houses) > figures.houses_max)
        ]
        if dear:
            raise AidMeans(name=person.name, what=MEANS[dear[0].kind])


@transaction.atomic
def show(*, case_number: str, by: Actor, at: datetime) -> None:
    """Hang the application out in the village. Raises: NotFound, NotNow."""
    found = _locked(case_number, AidStatus.VISITED, "公示")
    found.publicity_start_at = at
    _move(found, AidStatus.SHOWN, by, at, {})


@transaction.atomic
def close(*, case_number: str, by: Actor, at: datetime) -> None:
    """Take it down after its days. Raises: NotFound, NotNow, NotShownEnough."""
    found = _locked(case_number, AidStatus.SHOWN, "结束公示")
    days = rules.on(clock.local_date(at)).aid_publicity_days
    until = rules.shown_until(found.publicity_start_at or at, days)
    if at < until:
        raise NotShownEnough(days=days, until=clock.minute_text(until), verb="结束公示")
    found.publicity_end_at = at
    _move(found, AidStatus.CLOSED, by, at, {})


@transaction.atomic
def decide(*, case_number: str, decision: Decision, by: Actor, at: datetime) -> None:
    """Decide: the sum from a day on, or a refusal with its reason. The aid it renews ends.

    Raises: NotFound, NotNow, AidNotVisited, AidReasonNeeded, AidSumNeeded, AidTooOften: another
        of the household's wishes may have been granted since this one was handed in.
    """
    found = _locked(case_number, AidStatus.CLOSED, "决定")
    if found.is_kin_of_staff and not decision.is_visited:
        raise AidNotVisited
    day = clock.local_date(at)
    found.decided_at = at
    if decision.is_approved:
        _grant(found, decision, day)
    else:
        if len(decision.reason.strip()) < WORDS_MIN:
            raise AidReasonNeeded
        found.reason, found.result = decision.reason.strip()[:200], AidStatus.REFUSED
    if found.renews is not None:
        found.renews.end_date, found.renews.last_recheck_date = day, day
        found.renews.status = AidStatus.STOPPED
        found.renews.save(update_fields=["end_date", "last_recheck_date", "status"])
    _move(found, AidStatus(found.result), by, at, {"monthly_fen": found.monthly_fen})


def _grant(found: AidCase, decision: Decision, day: date) -> None:
    if not decision.monthly_fen:
        raise AidSumNeeded(what="金额")
    if decision.start_date is None:
        raise AidSumNeeded(what="从哪天")
    if found.kind == AidKind.TEMPORARY:
        # Two wishes of one household are decided one after the other.
        Household.objects.select_for_update(no_key=True).get(pk=found.household_id)
        _require_seldom(found.household_id, found.applied_at, decision.monthly_fen, "monthly")
    found.result, found.monthly_fen = AidStatus.APPROVED, decision.monthly_fen
    found.start_date, found.end_date = decision.start_date, decision.end_date
    found.last_recheck_date = day
    months = rules.on(day).recheck_months[found.kind]
    found.recheck_due_date = rules.month_after(day, months) if months else None


@transaction.atomic
def deliver(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that the decision was handed over. Raises: NotFound, NotNow."""
    found = _locked(case_number, (AidStatus.APPROVED, AidStatus.REFUSED), "送达")
    found.delivered_at = at
    found.save(update_fields=["delivered_at"])
    _tell(found, "delivered", by, at, {})


@transaction.atomic
def end(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that an application was withdrawn, or not taken on."""
    found = AidCase.objects.select_for_update(of=("self",)).filter(case_number=case_number).first()
    if found is not None:
        _move(found, AidStatus.STOPPED, by, at, {})


def require_payable(source_id: str, amount_fen: int, case_number: str) -> None:
    """Refuse aid that nobody granted, that was paid for the month, or for one who has died.

    The month is that in which the payment was begun: what the bank gave back is paid again for
    its own month.
    Raises: NotPayable, AidDeceased, AidMonthPaid, Overpaid, WrongPayee.
    """
    found = AidCase.objects.filter(case_number=source_id).exclude(case_number="").first()
    if found is not None:
        begun = reads.begun_at(case_number) or clock.now()
        require_due(found, amount_fen, case_number, begun)


def require_due(found: AidCase, amount_fen: int, case_number: str, at: datetime) -> None:
    """Refuse as `require_payable` does, at an instant. Raises: what that raises."""
    day = clock.local_date(at)
    title = f"{found.applicant.name}{AidKind(found.kind).label}"
    is_live = found.start_date is not None and found.start_date <= day
    is_over = found.end_date is not None and found.end_date < day.replace(day=1)
    if found.status != AidStatus.APPROVED or not is_live or is_over:
        raise NotPayable(title=title)
    people = [one.person for one in found.members.select_related("person")]
    died = fitness.deaths(people)
    if all(one.pk in died and died[one.pk] < day.replace(day=1) for one in people):
        raise AidDeceased(name=found.applicant.name)
    stranger = reads.stranger(case_number, [one.pk for one in people])
    if stranger:
        raise WrongPayee(name=stranger, title=title, why="没有名字")
    granted = found.monthly_fen or 0
    is_once = found.kind in ONCE
    paid = reads.paid_fen(found.case_number, case_number, None if is_once else day)
    if paid + amount_fen <= granted:
        return
    said = {
        "total": money.format_yuan(granted), "paid": money.format_yuan(paid),
        "more": money.format_yuan(amount_fen),
    }  # fmt: skip
    if is_once:
        raise Overpaid(title=title, left=money.format_yuan(max(granted - paid, 0)), **said)
    raise AidMonthPaid(month=f"{day.year}年{day.month}月", **said)


def _locked(case_number: str, states: str | Sequence[str], verb: str) -> AidCase:
    found = (
        AidCase.objects.select_for_update(of=("self",))
        .select_related("organisation", "renews")
        .filter(case_number=case_number)
        .first()
    )
    if found is None:
        raise NotFound
    allowed = (states,) if isinstance(states, str) else states
    if found.status not in allowed:
        title = AidKind(found.kind).label
        raise NotNow(title=title, status=found.get_status_display(), verb=verb)
    return found


def _move(
    found: AidCase, status: AidStatus, by: Actor, at: datetime, after: Mapping[str, object]
) -> None:
    found.status = status
    found.save()
    _tell(found, status.value, by, at, after)


def _tell(found: AidCase, what: str, by: Actor, at: datetime, after: Mapping[str, object]) -> None:
    audit.write(
        chain=found.organisation.ext_id,
        kind=f"subsidies.aid.{what}",
        by=by,
        at=at,
        subject=("aid_case", found.ext_id),
        after={**after},
    )
