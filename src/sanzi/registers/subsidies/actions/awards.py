"""Subsidies: collected, looked at on the spot, shown, fixed by the county, ready to be paid.

Each is a step of the power M25; `effects` turns its forms into these calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids, money
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments.queries import payees
from sanzi.registers.subsidies import rules
from sanzi.registers.subsidies.actions import rosters
from sanzi.registers.subsidies.actions.rosters import RosterFields
from sanzi.registers.subsidies.errors import (
    KinNotDeclared,
    NotNow,
    NotOnRoster,
    NotPayable,
    NotShownEnough,
    Overpaid,
    SubsidyWrong,
    TooFewSampled,
    WrongPayee,
)
from sanzi.registers.subsidies.models import Award, AwardStatus, Roster, RosterStatus
from sanzi.registers.subsidies.queries import awards as reads
from sanzi.registers.subsidies.queries import fitness

KIND = "subsidy"


@dataclass(frozen=True)
class Correction:
    """A line changed after the list was shown; no quantity takes it off. Units: thousandths."""

    person: str
    reason: str
    quantity_milli: int | None = None


@transaction.atomic
def collect(*, fields: RosterFields, case_number: str, by: Actor, at: datetime) -> None:
    """Enter the roster that was handed in, in place of an earlier one of the same case.

    Raises: what `rosters.judge` raises.
    """
    judged = rosters.judge(fields=fields, at=at, case_number=case_number)
    Award.objects.filter(case_number=case_number).delete()
    found, _ = Roster.objects.update_or_create(
        case_number=case_number,
        defaults={
            "organisation": judged.organisation, "division_code": judged.organisation.division_id,
            "program": judged.program, "period": judged.period, "submitted_at": at,
            "status": RosterStatus.COLLECTED,
        },
        create_defaults={
            "ext_id": ids.new_id("BT", at), "organisation": judged.organisation,
            "division_code": judged.organisation.division_id, "program": judged.program,
            "period": judged.period, "submitted_at": at,
        },
    )  # fmt: skip
    Award.objects.bulk_create(
        Award(
            ext_id=ids.new_id("BM", at), organisation=judged.organisation,
            division_code=judged.organisation.division_id, case_number=case_number,
            program=judged.program, period=judged.period, person=one.person,
            household=one.person.household, quantity_milli=one.quantity_milli,
            amount_fen=one.amount_fen, payee_name=one.account.holder_name,
            account_index=one.account.number_index, basis_ref=one.basis_ref[:60],
            is_kin_of_cadre=one.is_near_cadre,
        )
        for one in judged.lines
    )  # fmt: skip
    _tell(found, "collected", by, at, {"lines": len(judged.lines)})


@transaction.atomic
def check(
    *,
    case_number: str,
    sampled: Sequence[str],
    declared: Mapping[str, str],
    by: Actor,
    at: datetime,
) -> None:
    """Note who was visited, and which lines are those of cadres and their kin.

    Shapes: `declared` gives by person the words of whose kin he is and why he gets it. What goes
        by area to everybody is marked and needs no words.
    Raises: NotFound, NotNow, NotOnRoster, TooFewSampled, KinNotDeclared.
    """
    found = _locked(case_number, (RosterStatus.COLLECTED,), "核实")
    lines = {one.person.ext_id: one for one in reads.live_awards(case_number)}
    _require_on(lines, [*sampled, *declared])
    least = rules.sample_min(len(lines), rules.on(clock.local_date(at)).sample_percent)
    if len(set(sampled)) < least:
        raise TooFewSampled(lines=len(lines), least=least, count=len(set(sampled)))
    for key, one in lines.items():
        if one.is_kin_of_cadre and not found.program.needs_land and key not in declared:
            raise KinNotDeclared(name=one.person.name)
    for key, words in declared.items():
        lines[key].kin_declared_at, lines[key].remark = at, words[:120]
    Award.objects.bulk_update(
        [lines[key] for key in declared], ["kin_declared_at", "remark"], batch_size=500
    )
    found.checked_at, found.sampled_count = at, len(set(sampled))
    _move(found, RosterStatus.CHECKED, by, at, {"sampled": found.sampled_count})


@transaction.atomic
def show(*, case_number: str, by: Actor, at: datetime) -> None:
    """Hang the list out in the village. Raises: NotFound, NotNow."""
    found = _locked(case_number, (RosterStatus.CHECKED,), "公示")
    found.publicity_start_at = at
    _move(found, RosterStatus.SHOWN, by, at, {})


@transaction.atomic
def close(
    *,
    case_number: str,
    objection: str,
    corrections: Sequence[Correction],
    by: Actor,
    at: datetime,
) -> None:
    """Take the list down after its days; what was objected to rightly is corrected.

    A list that town or county sent back is corrected here again.
    Raises: NotFound, NotNow, NotShownEnough, NotOnRoster, SubsidyWrong.
    """
    found = _locked(case_number, (RosterStatus.SHOWN, RosterStatus.CLOSED), "结束公示")
    start = found.publicity_start_at or at
    until = rules.shown_until(start, found.program.publicity_days)
    if at < until:
        raise NotShownEnough(
            days=found.program.publicity_days, until=clock.minute_text(until), verb="结束公示"
        )
    lines = {one.person.ext_id: one for one in reads.live_awards(case_number)}
    _require_on(lines, [one.person for one in corrections])
    for one in corrections:
        _correct(found, lines[one.person], one)
    if found.publicity_end_at is None:
        found.publicity_end_at = at
    found.objection = (objection or found.objection)[:200]
    _move(found, RosterStatus.CLOSED, by, at, {"corrected": [one.person for one in corrections]})


def _correct(roster: Roster, line: Award, said: Correction) -> None:
    """Lower a line or take it off; more than was shown would have to be shown again."""
    line.remark = said.reason[:120]
    if said.quantity_milli is None:
        line.status = AwardStatus.REMOVED
    elif not 0 < said.quantity_milli < line.quantity_milli:
        raise SubsidyWrong(
            what=f"{line.payee_name}的数量", why="公示以后只能改少；要加，请作废重报"
        )
    else:
        line.quantity_milli = said.quantity_milli
        line.amount_fen = rules.due_fen(said.quantity_milli, roster.program.rate_fen)
    line.save(update_fields=["remark", "status", "quantity_milli", "amount_fen"])


@transaction.atomic
def approve(*, case_number: str, by: Actor, at: datetime) -> int:
    """Fix the list after the county agreed; return its sum in fen. Raises: NotFound, NotNow."""
    found = _locked(case_number, (RosterStatus.CLOSED,), "核定")
    Award.objects.filter(case_number=case_number, status=AwardStatus.PROPOSED).update(
        status=AwardStatus.APPROVED, approved_at=at
    )
    found.approved_at = at
    total = reads.total_fen(case_number)
    _move(found, RosterStatus.APPROVED, by, at, {"amount_fen": total})
    return total


@transaction.atomic
def end(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that a roster came to nothing; its lines bar nobody any more."""
    found = Roster.objects.select_for_update(of=("self",)).filter(case_number=case_number).first()
    if found is None:
        return
    Award.objects.filter(case_number=case_number).update(status=AwardStatus.REMOVED)
    _move(found, RosterStatus.ENDED, by, at, {})


def require_payable(source_id: str, amount_fen: int, case_number: str) -> None:
    """Refuse a payment before the county fixed the list, or above it.

    A line that the bank sent back counts as not paid, so that it may be paid again, once.
    Raises: NotPayable, Overpaid, WrongPayee.
    """
    found = Roster.objects.filter(case_number=source_id).select_related("program").first()
    if found is None:
        return
    title = f"{found.period}{found.program.name}"
    if found.status != RosterStatus.APPROVED:
        raise NotPayable(title=title)
    total = reads.total_fen(source_id)
    paid = payees.paid_fen(KIND, source_id, but_case=case_number)
    if paid + amount_fen > total:
        raise Overpaid(
            title=title,
            total=money.format_yuan(total),
            paid=money.format_yuan(paid),
            more=money.format_yuan(amount_fen),
            left=money.format_yuan(max(total - paid, 0)),
        )
    require_fit(title, reads.due_by_person(source_id), (KIND, source_id, case_number))


def require_fit(title: str, due: Mapping[int, int], asked: tuple[str, str, str]) -> None:
    """Refuse a payee who is not owed, or gets more than his.

    Shapes: `asked` is (kind of source, its id, number of the paying case). Raises: WrongPayee.
    """
    wrong = payees.unfit(*asked, due)
    if wrong is not None:
        why = f"只有{money.format_yuan(wrong.due_fen)}元" if wrong.due_fen else "没有名字"
        raise WrongPayee(name=wrong.name, title=title, why=why)


def _require_on(lines: Mapping[str, Award], people: Sequence[str]) -> None:
    strangers = sorted(set(people) - set(lines))
    if strangers:
        known = fitness.named(strangers)
        raise NotOnRoster(name="、".join(known[key].name for key in strangers if key in known))


def _locked(case_number: str, states: Sequence[str], verb: str) -> Roster:
    found = (
        Roster.objects.select_for_update(of=("self",))
        .select_related("organisation", "program")
        .filter(case_number=case_number)
        .first()
    )
    if found is None:
        raise NotFound
    if found.status not in states:
        raise NotNow(title=found.program.name, status=found.get_status_display(), verb=verb)
    return found


def _move(
    found: Roster, status: RosterStatus, by: Actor, at: datetime, after: Mapping[str, object]
) -> None:
    found.status = status
    found.save()
    _tell(found, status.value, by, at, after)


def _tell(found: Roster, what: str, by: Actor, at: datetime, after: Mapping[str, object]) -> None:
    audit.write(
        chain=found.organisation.ext_id,
        kind=f"subsidies.roster.{what}",
        by=by,
        at=at,
        subject=("roster", found.ext_id),
        after={"period": found.period, **after},
    )
