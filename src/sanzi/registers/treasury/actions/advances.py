"""Advances: reserve money, money for an errand, prepayments; cleared within days.

Source: LAW-REC 35(2); the county's rules on reserve money.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from sanzi.deals.queries import parties
from sanzi.kernel import clock, ids, money
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Counterparty, Organisation, Person
from sanzi.payments.models import Payment, PaymentStatus
from sanzi.registers.treasury import queries, rules
from sanzi.registers.treasury.actions import debts, rows
from sanzi.registers.treasury.errors import (
    AdvanceOut,
    AdvanceOverdue,
    CadreLoan,
    ClearedTooMuch,
    NotNow,
    ReserveFull,
    TreasuryWrong,
)
from sanzi.registers.treasury.models import Advance, AdvanceKind, AdvanceState


@dataclass(frozen=True)
class Wish:
    """What is to be given, to whom, and when he will be through. Units: fen."""

    kind: str
    purpose: str
    amount_fen: int
    back_date: date
    person: str = ""
    counterparty: str = ""
    contract: str = ""


def check(*, wish: Wish, organisation: str, at: datetime, case_number: str = "") -> None:
    """Refuse what is no advance, breaks the cap, or goes to somebody who may not have it.

    Raises: NotFound, TreasuryWrong, CadreLoan, ReserveFull, AdvanceOverdue, ContractMissing.
    """
    body = rows.body_of(organisation)
    today = clock.local_date(at)
    ruled = rules.on(today)
    if wish.kind not in AdvanceKind.values:
        raise TreasuryWrong(what="种类", why="没有这一种", field="kind")
    rows.require_amount(wish.amount_fen, "借多少元", "amount")
    if not today <= wish.back_date <= today + timedelta(days=ruled.advance_prepay_days):
        why = f"要在今天起{ruled.advance_prepay_days}天以内"
        raise TreasuryWrong(what="哪天办完", why=why, field="back_date")
    if wish.kind == AdvanceKind.PREPAY:
        party = rows.party_of(wish.counterparty, "付给哪家")
        rows.require_contract(wish.contract, party)
        return
    person = Person.objects.filter(ext_id=wish.person).first()
    if person is None:
        raise TreasuryWrong(what="谁来借", why="名册里没有这个人", field="person")
    _require_fit(wish, person, body, today)
    if wish.kind == AdvanceKind.RESERVE:
        out = queries.reserve_out_fen(body, but_case=case_number)
        if out + wish.amount_fen > ruled.advance_reserve_cap_fen:
            raise ReserveFull(
                cap=money.format_yuan(ruled.advance_reserve_cap_fen),
                out=money.format_yuan(out),
                more=money.format_yuan(wish.amount_fen),
                field="amount",
            )


def _require_fit(wish: Wish, person: Person, body: Organisation, today: date) -> None:
    late = queries.overdue_advance(person.pk, today)
    if late is not None:
        raise AdvanceOverdue(
            name=person.name,
            fen=money.format_yuan(late.amount_fen - late.cleared_fen),
            due=late.due_date.isoformat(),
            field="person",
        )
    officers = parties.cadres(body.division_id, today)
    is_near = person.pk in officers or bool(orgs.kin_ids(person.pk) & officers)
    if wish.kind == AdvanceKind.BORROW and is_near:
        raise CadreLoan(name=person.name, field="person")
    if wish.kind == AdvanceKind.RESERVE and person.pk not in officers:
        raise TreasuryWrong(what="谁来领备用金", why="要是本村在任的人", field="person")


@transaction.atomic
def ask(*, wish: Wish, organisation: str, case_number: str, by: Actor, at: datetime) -> str:
    """Enter an advance that is asked for, or what a returned one says now; return its ext id.

    It is to be cleared some work days after the errand is done; a prepayment by its own day.
    Raises: what `check` raises.
    """
    check(wish=wish, organisation=organisation, at=at, case_number=case_number)
    body = rows.body_of(organisation)
    is_prepaid = wish.kind == AdvanceKind.PREPAY
    said = {
        "kind": wish.kind,
        "purpose": wish.purpose.strip()[:60],
        "person": None if is_prepaid else Person.objects.get(ext_id=wish.person),
        "counterparty": Counterparty.objects.get(ext_id=wish.counterparty) if is_prepaid else None,
        "contract_ext_id": wish.contract if is_prepaid else "",
        "amount_fen": wish.amount_fen,
        "back_date": wish.back_date,
        "due_date": wish.back_date if is_prepaid else _clear_by(wish.back_date),
        "state": AdvanceState.ASKED,
    }
    made, _ = Advance.objects.update_or_create(
        case_number=case_number,
        defaults=said,
        create_defaults={
            **said, "ext_id": ids.new_id("JK", at), "organisation": body,
            "division_code": body.division_id, "case_number": case_number,
        },
    )  # fmt: skip
    rows.tell(made, "advance.asked", by, at, {"amount_fen": made.amount_fen, "kind": made.kind})
    return made.ext_id


def _clear_by(back_date: date) -> date:
    days = rules.on(back_date).advance_clear_workdays
    begun = datetime.combine(back_date, time(12), tzinfo=clock.SHANGHAI)
    return clock.local_date(orgs.calendar().add_workdays(begun, days))


@transaction.atomic
def approve(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that it is approved. Raises: NotFound, NotNow."""
    found = rows.locked(Advance, case_number, (AdvanceState.ASKED,), "批准")
    found.state = AdvanceState.APPROVED
    found.save(update_fields=["state"])
    rows.tell(found, "advance.approved", by, at, {})


@transaction.atomic
def end(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that it was given up."""
    found = rows.end(Advance, case_number)
    if found is not None:
        rows.tell(found, "advance.ended", by, at, {})


def follow(found: Advance) -> bool:
    """Take over when the bank paid an approved advance; return whether it did just now."""
    if found.state != AdvanceState.APPROVED:
        return False
    paid = Payment.objects.filter(
        order__source_id=found.case_number, status=PaymentStatus.SETTLED, paid_at__isnull=False
    ).order_by("paid_at")
    first = paid.first()
    if first is None:
        return False
    found.issued_at, found.state = first.paid_at, AdvanceState.OUT
    found.save(update_fields=["issued_at", "state"])
    return True


@transaction.atomic
def follow_all() -> int:
    """Take over for all approved advances which of them the bank has paid; return how many."""
    waiting = Advance.objects.select_for_update(of=("self",)).filter(state=AdvanceState.APPROVED)
    return sum(follow(one) for one in waiting.order_by("pk"))


@transaction.atomic
def clear(
    *,
    case_number: str,
    proved_fen: int,
    returned_fen: int,
    by: Actor,
    at: datetime,
) -> None:
    """Clear an advance by proofs, by money brought back to the bank, or both. Units: fen.

    Raises: NotFound, NotNow, TreasuryWrong, ClearedTooMuch.
    """
    states = (AdvanceState.APPROVED, AdvanceState.OUT)
    found = rows.locked(Advance, case_number, states, "清账")
    follow(found)
    if found.state != AdvanceState.OUT:
        raise NotNow(state="批准了，钱还没付出去", verb="清账")
    if proved_fen < 0 or returned_fen < 0 or proved_fen + returned_fen == 0:
        raise TreasuryWrong(what="清了多少", why="报账和交回至少填一个")
    left = found.amount_fen - found.cleared_fen
    if proved_fen + returned_fen > left:
        raise ClearedTooMuch(
            left=money.format_yuan(left), cleared=money.format_yuan(proved_fen + returned_fen)
        )
    found.cleared_fen += proved_fen + returned_fen
    found.returned_fen += returned_fen
    if found.cleared_fen == found.amount_fen:
        found.state = AdvanceState.CLEARED
    found.save(update_fields=["cleared_fen", "returned_fen", "state"])
    told = {"proved_fen": proved_fen, "returned_fen": returned_fen}
    rows.tell(found, "advance.cleared", by, at, told)


def require_cleared(*, case_number: str) -> None:
    """Refuse to end the matter while money is out. Raises: AdvanceOut."""
    found = Advance.objects.filter(case_number=case_number).first()
    if found is not None and found.cleared_fen < found.amount_fen:
        raise AdvanceOut(left=money.format_yuan(found.amount_fen - found.cleared_fen))


def require_payable(source_id: str, amount_fen: int, case_number: str) -> None:
    """Refuse a payment of more than was approved. Raises: Overpaid."""
    found = Advance.objects.filter(case_number=source_id).first()
    if found is not None:
        debts.require_left(source_id, amount_fen, case_number, found.amount_fen)
