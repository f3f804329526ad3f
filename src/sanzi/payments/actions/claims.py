"""Claiming credits: each yuan that came in gets its receipt, by itself or by hand.

A bank line is claimed whole, by parts that add up to it: a bill or a part of one, a cash receipt
that was banked, or plain income. Every part has a receipt and a voucher of its own.

By itself (`take_references`) a line is claimed only when its memo names exactly one bill of that
body and the sum is what the bill still wants. Less, more, or two bills wait for a person. Less pays
a part of the bill; of more, the bill takes what it wants and the rest is a part of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sanzi.kernel import clock, money, references
from sanzi.kernel.refusals import Refusal
from sanzi.ledger.queries import subjects
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation
from sanzi.payments import rules
from sanzi.payments.actions import bills, income, locking, numbers, telling_payers
from sanzi.payments.actions.income import IssuedReceipt, ReceiptFields
from sanzi.payments.errors import BulkRefused, ClaimUneven
from sanzi.payments.models import BankTransaction, Bill, BillState, Receipt
from sanzi.payments.queries.unclaimed import Suggestion

logger = logging.getLogger(__name__)

INTEREST = "interest"
BULK_MAX = 200


@dataclass(frozen=True)
class Part:
    """One part of a claim. Units: fen. Exactly one of bill, cash receipt (ext ids) and fields.

    `subject_code` is for a bill whose kind leaves the account of the books open.
    """

    amount_fen: int
    bill: str = ""
    subject_code: str = ""
    cash_receipt: str = ""
    fields: ReceiptFields | None = None


@transaction.atomic
def claim(*, bank_line: str, parts: Sequence[Part], by: Actor, at: datetime) -> list[IssuedReceipt]:
    """Claim a credit by parts that add up to it; return their receipts in the same order.

    Raises: NotFound, BankLineTaken, ClaimUneven, WrongField, what the ledger raises. Nothing is
        written then, and no number is used up.
    """
    line = income.lock_line(bank_line, by=by)
    _require_even(line, parts)
    wanted_bills, wanted_cash = _locked_bills(line, parts), _locked_cash(line, parts)
    made = []
    for part in parts:
        if part.bill:
            receipt = _of_bill(line, wanted_bills[part.bill], part, by=by, at=at)
        elif part.cash_receipt:
            receipt = _banked(line, wanted_cash[part.cash_receipt])
        else:
            fields = part.fields or ReceiptFields("", "", "")
            receipt = income.new_receipt(line, fields, part.amount_fen, by=by, at=at)
        receipt.bank_line = line if len(parts) > 1 else None
        receipt.save()
        made.append(receipt)
    for receipt in made:
        income.book(receipt, line, "banked" if receipt.book_id else "issued", by=by, at=at)
    line.receipt = made[0]
    line.save(update_fields=["receipt"])
    telling_payers.received([one for one in made if one.bill_id], at)
    return [income.told(one) for one in made]


def parts_of(one: Suggestion) -> list[Part]:
    """Return the parts of a claim that a sure suggestion stands for."""
    if one.what in ("bill", "bill_part"):
        return [Part(one.amount_fen, bill=one.target_ext_id)]
    if one.what == "cash":
        named = one.target_ext_id.split(",")
        rows = Receipt.objects.filter(ext_id__in=named).order_by("pk")
        return [
            Part(amount, cash_receipt=ext_id)
            for ext_id, amount in rows.values_list("ext_id", "amount_fen")
        ]
    fields = ReceiptFields(
        kind=one.kind,
        subject_code=one.subject_code,
        purpose=one.purpose,
        payer_name=one.payer_name,
        payer_counterparty=one.payer_counterparty,
    )
    return [Part(one.amount_fen, fields=fields)]


def hold_references(texts: Iterable[str], organisation: Organisation, at: datetime) -> bool:
    """Lock the bills that memos name and the body's numbers, before anything is booked.

    For the import of bank lines, which calls `take_references` at its end. Returns whether any
    bill is named.
    """
    wanted = {one for text in texts for one in references.found_in(text)}
    bills_named = (
        Bill.objects.filter(reference__in=sorted(wanted)) if wanted else Bill.objects.none()
    )
    if not list(bills_named.select_for_update(no_key=True).order_by("pk").values_list("pk")):
        return False
    numbers.hold(income.number_key(organisation, at))
    return True


def take_references(lines: Sequence[BankTransaction], at: datetime) -> int:
    """Claim the new credits whose memo names their bill; return how many.

    What does not fit, or what the books refuse, stays in the queue. Needs the locks of
    `hold_references`.
    """
    named = {
        line.ext_id: references.found_in(f"{line.memo} {line.e2e_id}")
        for line in lines
        if line.direction == "in" and line.payment_id is None and line.receipt_id is None
    }
    wanted = {one for found in named.values() for one in found}
    if not wanted:
        return 0
    known = {one.reference: one for one in Bill.objects.filter(reference__in=sorted(wanted))}
    done = 0
    for line in lines:
        fitting = [known[one] for one in named.get(line.ext_id, ()) if one in known]
        if len(fitting) == 1 and _fits(line, fitting[0]):
            done += _claim_alone(line, fitting[0], at)
    return done


def claim_interest(*, bank_lines: Sequence[str], by: Actor, at: datetime) -> list[IssuedReceipt]:
    """Claim several lines of interest in one go, all or none.

    Raises: BulkRefused for anything but interest, and what `claim` raises.
    """
    wanted = list(dict.fromkeys(bank_lines))
    if not 0 < len(wanted) <= BULK_MAX:
        raise BulkRefused(count=len(wanted), why=f"一次要选1到{BULK_MAX}笔")
    with transaction.atomic():
        made = []
        for line in _locked_lines(wanted, by=by, at=at):
            fields = interest_fields(line)
            if fields is None:
                raise BulkRefused(count=len(wanted), why=f"{line.memo or '有一笔'}不是利息")
            parts = [Part(line.amount_fen, fields=fields)]
            made += claim(bank_line=line.ext_id, parts=parts, by=by, at=at)
        return made


def _locked_lines(wanted: Sequence[str], *, by: Actor, at: datetime) -> list[BankTransaction]:
    """Lock lines that are claimed in one go, and what all their receipts need of numbers, months.

    Raises: NotFound, BankLineTaken.
    """
    rows = BankTransaction.objects.filter(ext_id__in=wanted).order_by("pk")
    found = list(rows.values_list("ext_id", flat=True))
    if len(found) < len(wanted):
        raise NotFound
    lines = [income.lock_line(one, by=by) for one in found]
    _hold_receipts(lines, at)
    return lines


def _hold_receipts(lines: Sequence[BankTransaction], at: datetime) -> None:
    """Lock the numbers of receipts and the months of the books, for several lines together."""
    bodies = {one.account.organisation for one in lines if one.account.organisation is not None}
    in_order = sorted(bodies, key=lambda body: body.pk)
    for body in in_order:
        numbers.hold(income.number_key(body, at))
    for body in in_order:
        days = [clock.local_date(one.booked_at) for one in lines]
        locking.lock_months(body.ext_id, days, clock.local_date(at))


def interest_fields(line: BankTransaction) -> ReceiptFields | None:
    """Return what a line of interest is booked as; None for any other line."""
    body = line.account.organisation
    if line.channel != INTEREST or body is None:
        return None
    offered = subjects.of_kind(body.kind, "receipt.issued", INTEREST)
    if not offered:
        return None
    return ReceiptFields(
        INTEREST, offered[0][0], "存款利息", payer_name=line.peer_name or "开户银行"
    )


def _claim_alone(line: BankTransaction, bill: Bill, at: datetime) -> int:
    try:
        claim(
            bank_line=line.ext_id, parts=[Part(line.amount_fen, bill=bill.ext_id)], by=SYSTEM, at=at
        )
    except Refusal as refusal:
        logger.warning("line %s waits, though it names its bill: %s", line.ext_id, refusal.text)
        return 0
    return 1


def _fits(line: BankTransaction, bill: Bill) -> bool:
    return (
        bill.organisation_id == line.account.organisation_id
        and bill.state in (BillState.OPEN, BillState.PART)
        and bill.amount_fen - bill.paid_fen == line.amount_fen
        and not rules.is_return_memo(line.memo)
    )


def _require_even(line: BankTransaction, parts: Sequence[Part]) -> None:
    total = sum(part.amount_fen for part in parts)
    if any(part.amount_fen <= 0 for part in parts) or total != line.amount_fen:
        came, told = money.format_yuan(line.amount_fen), money.format_yuan(total)
        raise ClaimUneven(
            why=f"进账{came}元，认了{told}元", advice="请让几部分加起来正好是进账的钱。"
        )
    names = [part.bill or part.cash_receipt for part in parts if part.bill or part.cash_receipt]
    if len(names) != len(set(names)):
        raise ClaimUneven(why="同一张单子认了两次", advice="请一张单子只认一次。")


def _locked_bills(line: BankTransaction, parts: Sequence[Part]) -> dict[str, Bill]:
    wanted = {part.bill: part.amount_fen for part in parts if part.bill}
    found = {
        one.ext_id: one
        for one in Bill.objects.select_for_update(of=("self",), no_key=True)
        .select_related("payer_counterparty")
        .filter(ext_id__in=sorted(wanted), organisation=line.account.organisation)
        .order_by("pk")
    }
    for ext_id, amount in wanted.items():
        bill = found.get(ext_id)
        if bill is None:
            raise ClaimUneven(why="缴款单不是这个单位的", advice="请回到这笔流水重新选。")
        left = bill.amount_fen - bill.paid_fen
        if bill.state == BillState.VOID:
            raise ClaimUneven(
                why=f"{bill.number}号缴款单作废了", advice="请另选一张，或按别的收入认领。"
            )
        if amount > left:
            raise ClaimUneven(
                why=f"{bill.number}号缴款单只差{money.format_yuan(left)}元",
                advice="多出来的部分另认一项，比如预收款。",
            )
    return found


def _locked_cash(line: BankTransaction, parts: Sequence[Part]) -> dict[str, Receipt]:
    wanted = {part.cash_receipt: part.amount_fen for part in parts if part.cash_receipt}
    found = {
        one.ext_id: one
        for one in Receipt.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "payer_counterparty")
        .filter(
            ext_id__in=sorted(wanted),
            organisation=line.account.organisation,
            received_via="cash",
            banked_at__isnull=True,
            voided_at__isnull=True,
        )
        .order_by("pk")
    }
    for ext_id, amount in wanted.items():
        if ext_id not in found or found[ext_id].amount_fen != amount:
            raise ClaimUneven(
                why="现金收据已经存过、作废了，或金额不同", advice="请回到这笔流水重新选。"
            )
    return found


def _of_bill(line: BankTransaction, bill: Bill, part: Part, *, by: Actor, at: datetime) -> Receipt:
    payer = bill.payer_counterparty
    fields = ReceiptFields(
        kind=bill.kind,
        subject_code=bill.subject_code or part.subject_code,
        purpose=bill.purpose,
        payer_name=bill.payer_name,
        payer_counterparty=payer.ext_id if payer else "",
        source_kind=bill.source_kind,
        source_id=bill.source_id,
    )
    receipt = income.new_receipt(line, fields, part.amount_fen, by=by, at=at)
    receipt.bill = bill
    bills.credit(bill, part.amount_fen, at)
    return receipt


def _banked(line: BankTransaction, receipt: Receipt) -> Receipt:
    receipt.account = line.account
    receipt.banked_at = line.booked_at
    return receipt
