"""Income: asked for once, billed, paid into the bank, receipted, booked.

Bills, takings and receipts are the payments room's; here one matter holds them together. Source:
REG-CASH 11; no cash box, nothing is spent before it was banked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.deals.models import Contract
from sanzi.kernel import money
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.payments.actions import bills
from sanzi.payments.models import Bill, BillState, Receipt
from sanzi.registers.treasury.actions import rows
from sanzi.registers.treasury.errors import ContractMissing, IncomeNotIn, IncomeTwice, TreasuryWrong

SOURCE = "income"


@dataclass(frozen=True)
class Wish:
    """What is to be taken in, from whom and by when. Units: fen."""

    kind: str
    purpose: str
    amount_fen: int
    due_date: date
    firm: str = ""
    payer: str = ""
    contract: str = ""


def check(*, wish: Wish, organisation: str, case_number: str = "") -> None:
    """Refuse what is billed already, and what its contract does not stand for.

    Raises: NotFound, TreasuryWrong, IncomeTwice, ContractMissing.
    """
    body = rows.body_of(organisation)
    rows.require_amount(wish.amount_fen, "收多少元", "amount")
    if bool(wish.firm) == bool(wish.payer):
        raise TreasuryWrong(what="谁交", why="单位和个人填一个", field="payer")
    party = rows.party_of(wish.firm, "谁交") if wish.firm else None
    name = party.name if party else wish.payer.strip()
    if wish.contract:
        found = Contract.objects.filter(ext_id=wish.contract, organisation=body).first()
        if found is None or (party is not None and party.pk != found.counterparty_id):
            raise ContractMissing(why="选的不是和交款单位签的", field="contract")
    twin = (
        Bill.objects.filter(
            organisation=body,
            kind=wish.kind,
            payer_name=name,
            amount_fen=wish.amount_fen,
            due_date=wish.due_date,
        )
        .exclude(state=BillState.VOID)
        .exclude(source_kind=SOURCE, source_id=case_number)
        .first()
    )
    if twin is not None:
        raise IncomeTwice(
            payer=name, fen=money.format_yuan(wish.amount_fen), number=twin.number, field="amount"
        )


@transaction.atomic
def bill(*, wish: Wish, organisation: str, case_number: str, by: Actor, at: datetime) -> str:
    """Issue the bill of an approved matter; return its ext id.

    Raises: what `check` raises, what the payments room raises.
    """
    check(wish=wish, organisation=organisation, case_number=case_number)
    issued = bills.issue_bill(
        fields=bills.BillFields(
            organisation=organisation,
            kind=wish.kind,
            purpose=wish.purpose,
            amount_fen=wish.amount_fen,
            due_date=wish.due_date,
            payer_counterparty=wish.firm,
            payer_name="" if wish.firm else wish.payer,
            source_kind=SOURCE,
            source_id=case_number,
        ),
        by=SYSTEM,
        at=at,
    )
    audit.write(
        chain=organisation,
        kind="treasury.income.billed",
        by=by,
        at=at,
        subject=("bill", issued.ext_id),
        after={"number": issued.number, "amount_fen": issued.amount_fen},
    )
    return issued.ext_id


@transaction.atomic
def end(*, case_number: str, at: datetime) -> None:
    """Void the bill of a matter that was given up, if it has one. Raises: BillSettled."""
    found = bill_of(case_number)
    if found is not None and found.state != BillState.VOID:
        bills.void_bill(ext_id=found.ext_id, by=SYSTEM, at=at, reason="事项撤回了")


def require_in(*, case_number: str) -> None:
    """Refuse to end the matter until the money is paid, receipted, at the bank and booked.

    Raises: IncomeNotIn.
    """
    found = bill_of(case_number)
    if found is None:
        raise IncomeNotIn(number="", why="还没开", advice="请先开缴款单。")
    if found.state != BillState.PAID:
        left = money.format_yuan(found.amount_fen - found.paid_fen)
        raise IncomeNotIn(number=found.number, why=f"还差{left}元", advice="钱到了再办结。")
    receipts = Receipt.objects.filter(bill=found, voided_at__isnull=True)
    if receipts.filter(banked_at__isnull=True).exists():
        raise IncomeNotIn(
            number=found.number, why="收的现金还没存银行", advice="请当天存进基本户再办结。"
        )
    if receipts.filter(voucher_ext_id="").exists():
        raise IncomeNotIn(number=found.number, why="还没记账", advice="请代理会计先记账。")


def bill_of(case_number: str) -> Bill | None:
    """Return the bill of a matter, the newest when an earlier one was voided."""
    found = Bill.objects.filter(source_kind=SOURCE, source_id=case_number)
    return found.order_by("-pk").first()
