"""Investments: asked for with a way out, decided, contracted, their returns told each year.

Source: LAW-REC 26(11), 35; ZJ-RA 17, 19, 36.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from sanzi.deals.queries import parties
from sanzi.kernel import clock, ids
from sanzi.orgs.actors import Actor
from sanzi.registers.treasury import queries
from sanzi.registers.treasury.actions import debts, rows
from sanzi.registers.treasury.errors import Forbidden, PartnerIsKin, ReturnTold, TreasuryWrong
from sanzi.registers.treasury.models import (
    Investment,
    InvestmentKind,
    InvestmentReturn,
    InvestmentState,
)

WHOLE_BP = 10_000
NO_PARTNER = "农村集体经济组织法第三十五条"


@dataclass(frozen=True)
class Wish:
    """What is to be put into whose undertaking. Units: fen, share in basis points."""

    project: str
    kind: str
    counterparty: str
    amount_fen: int
    share_bp: int
    exit_rule: str
    end_date: date


def check(*, wish: Wish, organisation: str, at: datetime) -> None:
    """Refuse what no decision allows and what cannot be right.

    Raises: NotFound, TreasuryWrong, Forbidden, PartnerIsKin.
    """
    body = rows.body_of(organisation)
    if wish.kind not in InvestmentKind.values:
        raise TreasuryWrong(what="方式", why="没有这一种", field="kind")
    if wish.kind == InvestmentKind.GENERAL:
        raise Forbidden(what="用集体的钱做普通合伙人", article=NO_PARTNER, field="kind")
    party = rows.party_of(wish.counterparty, "投给哪家")
    today = clock.local_date(at)
    if parties.tie_to_officers(party.pk, body.division_id, today) == parties.NEAR:
        raise PartnerIsKin(name=party.name, field="counterparty")
    rows.require_amount(wish.amount_fen, "投多少元", "amount")
    if not 0 < wish.share_bp <= WHOLE_BP:
        raise TreasuryWrong(what="占多少股", why="要大于0、不超过100%", field="share")
    if wish.end_date <= today:
        raise TreasuryWrong(what="哪天退出", why="要在今天之后", field="end_date")


@transaction.atomic
def ask(*, wish: Wish, organisation: str, case_number: str, by: Actor, at: datetime) -> str:
    """Enter an investment that is asked for, or what a returned one says now; return its ext id.

    Raises: what `check` raises.
    """
    check(wish=wish, organisation=organisation, at=at)
    body = rows.body_of(organisation)
    said = {
        "project": wish.project.strip()[:60],
        "kind": wish.kind,
        "counterparty": rows.party_of(wish.counterparty, "投给哪家"),
        "amount_fen": wish.amount_fen,
        "share_bp": wish.share_bp,
        "exit_rule": wish.exit_rule.strip()[:300],
        "end_date": wish.end_date,
        "state": InvestmentState.ASKED,
    }
    made, _ = Investment.objects.update_or_create(
        case_number=case_number,
        defaults=said,
        create_defaults={
            **said, "ext_id": ids.new_id("TZ", at), "organisation": body,
            "division_code": body.division_id, "case_number": case_number,
        },
    )  # fmt: skip
    rows.tell(made, "investment.asked", by, at, {"amount_fen": made.amount_fen})
    return made.ext_id


@transaction.atomic
def approve(*, case_number: str, decision: str, by: Actor, at: datetime) -> None:
    """Note that the village decided and the township agreed. Raises: NotFound, NotNow."""
    found = rows.locked(Investment, case_number, (InvestmentState.ASKED,), "批准")
    rows.require_decision(decision, found.division_code, "对外投资")
    found.decision_ext_id, found.approved_at = decision, at
    found.state = InvestmentState.APPROVED
    found.save(update_fields=["decision_ext_id", "approved_at", "state"])
    rows.tell(found, "investment.approved", by, at, {"decision": decision})


@transaction.atomic
def end(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that it was given up."""
    found = rows.end(Investment, case_number)
    if found is not None:
        rows.tell(found, "investment.ended", by, at, {})


@transaction.atomic
def sign(*, case_number: str, contract: str, start_date: date, by: Actor, at: datetime) -> None:
    """Register the contract of the investment.

    Raises: NotFound, NotNow, ContractMissing, TreasuryWrong.
    """
    found = rows.locked(Investment, case_number, (InvestmentState.APPROVED,), "签合同")
    signed = rows.require_contract(contract, found.counterparty)
    if signed.amount_fen is not None and signed.amount_fen > found.amount_fen:
        raise TreasuryWrong(what="合同", why="金额比批准的多")
    found.contract_ext_id, found.start_date = contract, start_date
    found.state = InvestmentState.STANDING
    found.save(update_fields=["contract_ext_id", "start_date", "state"])
    rows.tell(found, "investment.signed", by, at, {"contract": contract})


@transaction.atomic
def tell_return(*, case_number: str, year: int, line: str, by: Actor, at: datetime) -> None:
    """Note what a year brought: the line that brought it, or nothing at all.

    Raises: NotFound, NotNow, TreasuryWrong, ReturnTold.
    """
    found = rows.locked(Investment, case_number, (InvestmentState.STANDING,), "登记收益")
    today = clock.local_date(at)
    first = found.start_date.year if found.start_date else today.year
    if not first <= year <= today.year:
        raise TreasuryWrong(what="哪一年", why=f"要在{first}年到今年之间")
    brought = queries.line_of(line, found.organisation) if line else None
    if line and brought is None:
        raise TreasuryWrong(what="收益的流水", why="不是本单位收的")
    if line and InvestmentReturn.objects.filter(bank_line=line).exists():
        raise TreasuryWrong(what="收益的流水", why="已经算过一次")
    if found.returns.filter(year=year).exists():
        raise ReturnTold(year=year)
    fen = brought.amount_fen if brought else 0
    InvestmentReturn.objects.create(
        investment=found, year=year, amount_fen=fen, bank_line=line, told_date=today
    )
    found.returned_fen += fen
    if brought is not None:
        found.last_return_date = clock.local_date(brought.booked_at)
    found.save(update_fields=["returned_fen", "last_return_date"])
    rows.tell(found, "investment.returned", by, at, {"year": year, "amount_fen": fen})


@transaction.atomic
def close(*, case_number: str, by: Actor, at: datetime) -> None:
    """Note that the village has left the undertaking. Raises: NotFound, NotNow."""
    found = rows.locked(Investment, case_number, (InvestmentState.STANDING,), "退出")
    found.state = InvestmentState.CLOSED
    found.save(update_fields=["state"])
    rows.tell(found, "investment.closed", by, at, {"returned_fen": found.returned_fen})


def require_payable(source_id: str, amount_fen: int, case_number: str) -> None:
    """Refuse a payment of more than was approved, or before the contract. Raises: Overpaid."""
    found = Investment.objects.filter(case_number=source_id).first()
    if found is not None:
        most = found.amount_fen if found.state == InvestmentState.STANDING else 0
        debts.require_left(source_id, amount_fen, case_number, most)
