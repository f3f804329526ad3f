"""Pay of village officers: standards that were decided, and the month's sheet made from them.

A sheet is made by the system from posts and standards; only the days that somebody gave up for
the village are typed. Source: LAW-VC 24(1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids, money
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation, Person
from sanzi.orgs.roles import roles
from sanzi.payments.queries import payees
from sanzi.registers.posts import rules
from sanzi.registers.posts.errors import (
    NoStandard,
    NothingToPay,
    OnFullPay,
    OnLabourRoll,
    PaidAlready,
    PayDiffers,
    PayNotReady,
    PayWrong,
    SheetExists,
    StandardTooHigh,
    WrongPayee,
)
from sanzi.registers.posts.models import Pay, PayKind, PayStandard, PayStatus
from sanzi.registers.posts.queries import pay as queries
from sanzi.registers.posts.queries.pay import Line

SOURCE_KIND = "pay"


@dataclass(frozen=True)
class StandardFields:
    """What a post is paid. Units: fen, by the month or by the day as its kind says."""

    role_code: str
    kind: str
    value_fen: int


@dataclass(frozen=True)
class DayFields:
    """A day that somebody gave up for the village."""

    person: str
    kind: str
    work_date: date
    reason: str


def check_standards(*, standards: Sequence[StandardFields], period: str, at: datetime) -> date:
    """Return the day from which standards hold; refuse those that cannot be.

    Raises: PayWrong, StandardTooHigh.
    """
    span = _require_month(period)
    if not standards:
        raise PayWrong(what="标准", why="至少填一行", field="standards")
    seen = set()
    limit = rules.figures(clock.local_date(at)).day_rate_max_fen
    for one in standards:
        role = roles().get(one.role_code)
        if role is None or role.level != "village":
            raise PayWrong(what="职务", why="村里没有这个职务", field="standards")
        if one.kind not in PayKind.values or (one.role_code, one.kind) in seen:
            raise PayWrong(what="标准", why=f"{role.title}的同一种报酬写了两次", field="standards")
        seen.add((one.role_code, one.kind))
        if not 0 < one.value_fen <= money.MAX_FEN:
            raise PayWrong(what="标准", why="要大于0", field="standards")
        if one.kind not in rules.MONTHLY and one.value_fen > limit:
            raise StandardTooHigh(
                kind=PayKind(one.kind).label,
                fen=money.format_yuan(one.value_fen),
                limit=money.format_yuan(limit),
                field="standards",
            )
    return span[0]


@transaction.atomic
def set_standards(
    *,
    standards: Sequence[StandardFields],
    organisation: str,
    period: str,
    decision: str,
    case_number: str,
    by: Actor,
    at: datetime,
) -> None:
    """Let standards hold from the first day of a month until a later one that is there already.

    Those before end the day before; one of the same month never holds.

    Raises: NotFound, what `check_standards` raises.
    """
    begins = check_standards(standards=standards, period=period, at=at)
    body = _body(organisation)
    before = begins - timedelta(days=1)
    for one in standards:
        same = PayStandard.objects.filter(
            division_code=body.division_id, role_code=one.role_code, kind=one.kind
        )
        later = same.filter(valid_from_date__gt=begins).order_by("valid_from_date").first()
        same.filter(
            Q(valid_until_date__isnull=True) | Q(valid_until_date__gte=begins),
            valid_from_date__lte=begins,
        ).update(valid_until_date=before)
        PayStandard.objects.create(
            ext_id=ids.new_id("BZ", at), organisation=body, division_code=body.division_id,
            case_number=case_number, role_code=one.role_code, kind=one.kind,
            value_fen=one.value_fen, valid_from_date=begins, decision_ext_id=decision,
            valid_until_date=later.valid_from_date - timedelta(days=1) if later else None,
        )  # fmt: skip
    audit.write(
        chain=body.ext_id,
        kind="posts.pay.standard_set",
        by=by,
        at=at,
        subject=("case", case_number),
        after={f"{one.role_code} {one.kind}": one.value_fen for one in standards},
    )


def check_sheet(
    *,
    organisation: str,
    period: str,
    days: Sequence[DayFields],
    at: datetime,
    case_number: str,
) -> list[Line]:
    """Return the lines of a month: its posts by their standards, and the days given up.

    Raises: NotFound, PayWrong, SheetExists, NoStandard, OnFullPay, OnLabourRoll, PaidAlready,
        NothingToPay.
    """
    span = _require_month(period)
    if span[0] > clock.local_date(at):
        raise PayWrong(what="月份", why="还没到", field="period")
    body = _body(organisation)
    _require_first(body, period, case_number)
    monthly = queries.monthly_lines(body.division_id, period)
    _require_paid_once(monthly, period, case_number)
    lines = monthly + _days(body, span, days, monthly, at)
    _require_off_the_roll(lines, period, case_number)
    if not lines:
        raise NothingToPay(period=period, field="period")
    return lines


def _require_month(period: str) -> tuple[date, date]:
    span = rules.month_of(period)
    if span is None:
        raise PayWrong(what="月份", why="要写成2026-11这样", field="period")
    return span


def _body(organisation: str) -> Organisation:
    found = Organisation.objects.filter(ext_id=organisation).first()
    if found is None:
        raise NotFound
    return found


def _require_first(body: Organisation, period: str, case_number: str) -> None:
    other = (
        Pay.objects.filter(organisation=body, period=period)
        .exclude(status=PayStatus.ENDED)
        .exclude(case_number=case_number)
        .first()
    )
    if other is not None:
        raise SheetExists(period=period, case=other.case_number or "补录", field="period")


def _require_paid_once(monthly: Sequence[Line], period: str, case_number: str) -> None:
    known = queries.paid_months([one.person.pk for one in monthly], period, case_number)
    for one in monthly:
        other = known.get((one.person.pk, one.kind))
        if other is not None:
            raise PaidAlready(
                name=one.person.name,
                what=f"{period}的{PayKind(one.kind).label}",
                where=other.organisation.name,
                field="period",
            )


def _days(
    body: Organisation,
    span: tuple[date, date],
    days: Sequence[DayFields],
    monthly: Sequence[Line],
    at: datetime,
) -> list[Line]:
    people = {one.ext_id: one for one in Person.objects.filter(ext_id__in=[d.person for d in days])}
    paid = {one.person.pk for one in monthly if one.kind == PayKind.BASIC}
    today, found, seen = clock.local_date(at), [], set()
    for place, one in enumerate(days, start=1):
        person = people.get(one.person)
        if person is None:
            raise PayWrong(what=f"误工第{place}行", why="这个人不在名册里", field="days")
        if not span[0] <= one.work_date <= min(span[1], today):
            raise PayWrong(what=f"误工第{place}行", why="日期不在这个月，或者还没到", field="days")
        if (person.pk, one.work_date) in seen:
            raise PayWrong(what=f"误工第{place}行", why="同一个人同一天写了两次", field="days")
        seen.add((person.pk, one.work_date))
        kind, day = PayKind(one.kind).label, clock.day_said(one.work_date)
        if person.pk in paid:
            raise OnFullPay(name=person.name, day=day, kind=kind, field="days")
        standard = queries.day_standard(person.pk, one.kind, body.division_id, one.work_date)
        if standard is None:
            raise NoStandard(name=person.name, day=day, kind=kind, field="days")
        found.append(
            Line(
                person, standard.role_code, one.kind, standard.value_fen, standard.value_fen,
                standard.decision_ext_id, one.work_date, one.reason.strip()[:120],
            )
        )  # fmt: skip
    return found


def _require_off_the_roll(lines: Sequence[Line], period: str, case_number: str) -> None:
    """Refuse a day that is paid as labour or on another sheet, and wages beside a month's pay."""
    worked = queries.labour_days(one.person.ext_id for one in lines)
    earlier = queries.paid_days([one.person.pk for one in lines], case_number)
    for one in lines:
        kind, name = PayKind(one.kind).label, one.person.name
        own = sorted(day for person, day in worked if person == one.person.ext_id)
        if one.work_date is None:
            day = next((day for day in own if day.startswith(period)), "")
            if one.kind == PayKind.BASIC and day:
                said = clock.day_said(date.fromisoformat(day))
                raise OnLabourRoll(name=name, day=said, kind=kind, field="period")
            continue
        if one.work_date.isoformat() in own:
            raise OnLabourRoll(
                name=name, day=clock.day_said(one.work_date), kind=kind, field="days"
            )
        other = earlier.get((one.person.pk, one.work_date))
        if other is not None:
            where = other.organisation.name
            raise PaidAlready(
                name=name, what=clock.day_said(one.work_date), where=where, field="days"
            )


@transaction.atomic
def hand_in(
    *,
    organisation: str,
    period: str,
    days: Sequence[DayFields],
    case_number: str,
    by: Actor,
    at: datetime,
) -> int:
    """Keep the lines of a sheet that is handed in, in place of older ones; return the sum in fen.

    Raises: what `check_sheet` raises.
    """
    lines = check_sheet(
        organisation=organisation, period=period, days=days, at=at, case_number=case_number
    )
    body = _body(organisation)
    Pay.objects.filter(case_number=case_number).delete()
    Pay.objects.bulk_create(
        Pay(
            ext_id=ids.new_id("BC", at), organisation=body, division_code=body.division_id,
            case_number=case_number, person=one.person, role_code=one.role_code, kind=one.kind,
            period=period, work_date=one.work_date, reason=one.reason, amount_fen=one.amount_fen,
            standard_fen=one.standard_fen, decision_ext_id=one.decision_ext_id,
            status=PayStatus.SUBMITTED,
        )
        for one in lines
    )  # fmt: skip
    total = sum(one.amount_fen for one in lines)
    after = {"period": period, "lines": len(lines), "total_fen": total}
    _tell(body.ext_id, "handed_in", case_number, after, by=by, at=at)
    return total


@transaction.atomic
def approve(*, case_number: str, by: Actor, at: datetime) -> int:
    """Note that a sheet is approved; return its sum in fen. Raises: NotFound."""
    rows = list(
        Pay.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(case_number=case_number, status=PayStatus.SUBMITTED)
    )
    if not rows:
        raise NotFound
    Pay.objects.filter(pk__in=[one.pk for one in rows]).update(status=PayStatus.APPROVED)
    total = sum(one.amount_fen for one in rows)
    _tell(rows[0].organisation.ext_id, "approved", case_number, {"total_fen": total}, by=by, at=at)
    return total


@transaction.atomic
def end(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that a sheet was given up; nothing happens when it was never handed in."""
    rows = Pay.objects.select_for_update(of=("self",)).filter(
        case_number=case_number, status=PayStatus.SUBMITTED
    )
    one = rows.select_related("organisation").first()
    if one is not None:
        Pay.objects.filter(case_number=case_number).update(status=PayStatus.ENDED)
        _tell(one.organisation.ext_id, "ended", case_number, {}, by=by, at=at)


def require_payable(source_id: str, amount_fen: int, case_number: str) -> None:
    """Refuse a payment of a sheet that nobody approved, that differs from it, or that was paid.

    A source from elsewhere has no lines here and is left to its own papers.
    Raises: PayNotReady, PayDiffers, WrongPayee.
    """
    standing = Pay.objects.filter(case_number=source_id).exclude(case_number="").first()
    if standing is None:
        return
    if standing.status != PayStatus.APPROVED:
        raise PayNotReady(why=f"是“{standing.get_status_display()}”")
    if payees.paid_fen(SOURCE_KIND, source_id, but_case=case_number):
        raise PayNotReady(why="已经付过，或正在付")
    due = queries.amounts(source_id)
    total = sum(due.values())
    if amount_fen != total:
        raise PayDiffers(asked=money.format_yuan(amount_fen), total=money.format_yuan(total))
    wrong = payees.unfit(SOURCE_KIND, source_id, case_number, due)
    if wrong is not None:
        raise WrongPayee(name=wrong.name, due=money.format_yuan(wrong.due_fen))


def _tell(
    chain: str, what: str, case_number: str, after: Mapping[str, object], *, by: Actor, at: datetime
) -> None:
    audit.write(
        chain=chain, kind=f"posts.pay.{what}", by=by, at=at, subject=("case", case_number),
        after=after,
    )  # fmt: skip
