"""Dues of a month, made by the system from its members, and funds that a branch asks for.

Source: 关于中国共产党党费收缴、使用和管理的规定.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids, money
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation
from sanzi.payments.queries import payees
from sanzi.registers.party import rules
from sanzi.registers.party.actions.development import members
from sanzi.registers.party.errors import DuesLate, DuesWrong, FundNotPayable
from sanzi.registers.party.models import PartyDues, PartyFund, Progress

REASON_LENGTH_MIN = 6


@dataclass(frozen=True)
class Sheet:
    """What is typed of a month's dues: what differs from the month before. Units: fen."""

    period: str
    paid_date: date
    handed_date: date
    changes: Mapping[str, int]
    unpaid: Mapping[str, str]
    late_reason: str = ""


@dataclass(frozen=True)
class Due:
    """What one member owes and paid. Units: fen."""

    person_id: int
    due_fen: int
    paid_fen: int
    reason: str


def check(*, organisation: str, sheet: Sheet, at: datetime, case_number: str = "") -> list[Due]:
    """Return the lines of a month: every member, by what he paid before or the usual sum.

    Raises: NotFound, DuesWrong, DuesLate.
    """
    body = _body(organisation)
    first, today = rules.month_of(sheet.period), clock.local_date(at)
    if first is None or first > today:
        raise DuesWrong(what="月份", why="要写成2026-11这样，不能是以后的", field="period")
    if not first <= sheet.paid_date <= sheet.handed_date <= today:
        why = "收齐要在这个月开始以后，交镇要在收齐以后、今天以前"
        raise DuesWrong(what="日期", why=why, field="handed_date")
    known = rules.figures(first)
    is_late = sheet.paid_date > first.replace(day=known.dues_day)
    if is_late and len(sheet.late_reason.strip()) < REASON_LENGTH_MIN:
        raise DuesLate(day=known.dues_day, field="late_reason")
    others = PartyDues.objects.filter(organisation=body, period=sheet.period)
    if others.exclude(status=Progress.ENDED).exclude(case_number=case_number).exists():
        raise DuesWrong(what="月份", why="这个月的党费已经报过", field="period")
    people = members(body.division_id, first)
    _require_members(sheet, {one.ext_id for one in people}, known)
    if not people:
        raise DuesWrong(what="党员", why="名册里没有党员", field="period")
    found = []
    for one in people:
        due = sheet.changes.get(one.ext_id) or _last(one.pk, sheet.period) or known.dues_usual_fen
        reason = sheet.unpaid.get(one.ext_id)
        found.append(Due(one.pk, due, 0 if reason is not None else due, reason or ""))
    return found


def _require_members(sheet: Sheet, known: set[str], figures: rules.Figures) -> None:
    if (set(sheet.changes) | set(sheet.unpaid)) - known:
        raise DuesWrong(what="名单", why="有人不是本村党员", field="changes")
    if any(fen < figures.dues_min_fen for fen in sheet.changes.values()):
        least = money.format_yuan(figures.dues_min_fen)
        raise DuesWrong(what="应交", why=f"一个月不能少于{least}元", field="changes")


def _last(person_id: int, period: str) -> int:
    row = PartyDues.objects.filter(
        person_id=person_id, period__lt=period, status=Progress.APPROVED
    ).order_by("-period").first()  # fmt: skip
    return row.due_fen if row else 0


@transaction.atomic
def hand_in(*, organisation: str, sheet: Sheet, case_number: str, by: Actor, at: datetime) -> None:
    """Keep the lines of a month that is handed in. Raises: what `check` raises."""
    lines = check(organisation=organisation, sheet=sheet, at=at, case_number=case_number)
    body = _body(organisation)
    PartyDues.objects.filter(case_number=case_number).delete()
    PartyDues.objects.bulk_create(
        PartyDues(
            ext_id=ids.new_id("DFE", at), organisation=body, division_code=body.division_id,
            case_number=case_number, person_id=one.person_id, period=sheet.period,
            due_fen=one.due_fen, paid_fen=one.paid_fen, reason=one.reason[:100],
            paid_date=sheet.paid_date if one.paid_fen else None,
            handed_date=sheet.handed_date if one.paid_fen else None, status=Progress.SUBMITTED,
        )
        for one in lines
    )  # fmt: skip
    total = sum(one.paid_fen for one in lines)
    _tell(body.ext_id, "handed_in", case_number, {"total_fen": total}, by=by, at=at)


def check_fund(*, organisation: str, amount_fen: int) -> Organisation:
    """Return the body that asks; refuse a sum that cannot be. Raises: NotFound, DuesWrong."""
    body = _body(organisation)
    if not 0 < amount_fen <= money.MAX_FEN:
        raise DuesWrong(what="金额", why="要大于0", field="amount")
    return body


@transaction.atomic
def ask_fund(
    *,
    organisation: str,
    use: str,
    reason: str,
    amount_fen: int,
    case_number: str,
    by: Actor,
    at: datetime,
) -> None:
    """Enter a request for money of the party's work. Raises: what `check_fund` raises."""
    body = check_fund(organisation=organisation, amount_fen=amount_fen)
    said = {
        "use": use, "reason": reason.strip()[:200], "amount_fen": amount_fen,
        "submitted_at": at, "status": Progress.SUBMITTED,
    }  # fmt: skip
    PartyFund.objects.update_or_create(
        case_number=case_number,
        defaults=said,
        create_defaults={
            **said, "ext_id": ids.new_id("DFF", at), "organisation": body,
            "division_code": body.division_id, "case_number": case_number,
        },
    )  # fmt: skip
    _tell(body.ext_id, "fund_asked", case_number, {"amount_fen": amount_fen}, by=by, at=at)


@transaction.atomic
def settle(*, case_number: str, status: Progress, by: Actor, at: datetime) -> int:
    """Approve or end what a case handed in; return the sum of a fund in fen, 0 for dues."""
    fund = PartyFund.objects.select_for_update(of=("self",)).filter(
        case_number=case_number
    ).select_related("organisation").first()  # fmt: skip
    dues = PartyDues.objects.filter(case_number=case_number, status=Progress.SUBMITTED)
    first = dues.select_related("organisation").first()
    body = fund.organisation if fund else first.organisation if first else None
    if body is None:
        return 0
    dues.update(status=status)
    if fund is not None:
        fund.status = status
        fund.save(update_fields=["status"])
    _tell(body.ext_id, str(status.value), case_number, {}, by=by, at=at)
    return fund.amount_fen if fund else 0


def require_payable(source_id: str, amount_fen: int, case_number: str) -> None:
    """Refuse a payment beyond an approved fund, or from a sheet of dues.

    A source that is not of this room is left to its own. Raises: FundNotPayable.
    """
    if PartyDues.objects.filter(case_number=source_id).exclude(case_number="").exists():
        raise FundNotPayable(why="是收来的党费，已经交到镇里")
    fund = PartyFund.objects.filter(case_number=source_id).exclude(case_number="").first()
    if fund is None:
        return
    if fund.status != Progress.APPROVED:
        raise FundNotPayable(why=f"是“{fund.get_status_display()}”")
    left = fund.amount_fen - payees.paid_fen("other", source_id, but_case=case_number)
    if amount_fen > left:
        raise FundNotPayable(why=f"只剩{money.format_yuan(max(left, 0))}元")


def sums(case_number: str) -> tuple[str, int, int, int] | None:
    """Return (month, members, those who paid, fen) of a sheet of dues, None without one."""
    rows: Sequence[PartyDues] = list(PartyDues.objects.filter(case_number=case_number))
    if not rows:
        return None
    paid = [one for one in rows if one.paid_fen]
    return rows[0].period, len(rows), len(paid), sum(one.paid_fen for one in paid)


def _body(organisation: str) -> Organisation:
    found = Organisation.objects.filter(ext_id=organisation).first()
    if found is None:
        raise NotFound
    return found


def _tell(
    chain: str, what: str, case_number: str, after: Mapping[str, object], *, by: Actor, at: datetime
) -> None:
    audit.write(
        chain=chain, kind=f"party.dues.{what}", by=by, at=at, subject=("case", case_number),
        after=after,
    )  # fmt: skip
