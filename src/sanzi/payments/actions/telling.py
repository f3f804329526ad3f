"""Whom the bank's word concerns: payees by text, the agency's desk by inbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sanzi.kernel import clock, money
from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.orgs import queries as orgs
from sanzi.orgs.models import Person
from sanzi.payments.models import Bill, Instruction, Payment, PaymentOrder, Receipt

SETTLED_TEXT = "payment_settled"
RETURNED_TEXT = "payment_returned"
BILL_PAID_TEXT = "bill_paid"
HELP_PHONE = "12345"
"""The government service line of every county; villages have no line of their own."""
TEXTS = {
    SETTLED_TEXT: (
        "{name}您好，{org}于{date}向您尾号{tail}账户发放{item}{amount}元。如有疑问请联系{phone}。"
    ),
    RETURNED_TEXT: (
        "{name}您好，{org}发给您尾号{tail}账户的{item}{amount}元被银行退回，未到账。"
        "村里会和您核对账户再发，如有疑问请联系{phone}。"
    ),
    BILL_PAID_TEXT: (
        "{name}您好，{org}于{date}收到您交的{item}{amount}元，收据号{number}{left}。"
        "如有疑问请联系{phone}。"
    ),
    "bank_silent": (
        "{purpose}，{amount}元，批号{msg_id}，银行半小时没有回话。没有再付一次，等对账单来定。"
    ),
}
DESK = ("agency_cashier", "agency_reviewer")


def settled(order: PaymentOrder, payments: Sequence[Payment], at: datetime) -> None:
    """Write a text to each payee who has a phone: after the money is booked, never before."""
    _text(order, payments, SETTLED_TEXT, at)


def returned(order: PaymentOrder, payments: Sequence[Payment], at: datetime) -> None:
    """Write a second text to payees whose money came back."""
    _text(order, payments, RETURNED_TEXT, at)


def _text(order: PaymentOrder, payments: Sequence[Payment], template: str, at: datetime) -> None:
    keys = [one.payee_person_id for one in payments if one.payee_person_id]
    phones = dict(
        Person.objects.filter(pk__in=keys)
        .exclude(sealed_phone="")
        .values_list("pk", "sealed_phone")
    )
    day = clock.local_date(at)
    outbox.enqueue(
        [
            outbox.NewNotice(
                dedup_key=f"{template}:{one.ext_id}:{one.attempt_no}"[:80],
                channel=Channel.SMS,
                template=template,
                sealed_phone=phones[one.payee_person_id],
                params={
                    "name": one.payee_name,
                    "org": order.organisation.name,
                    "date": f"{day.month}月{day.day}日",
                    "tail": one.account_tail,
                    "item": one.note or order.purpose,
                    "amount": money.format_yuan(one.amount_fen),
                    "phone": HELP_PHONE,
                },
                subject_kind="payment",
                subject_id=one.ext_id,
            )
            for one in payments
            if one.payee_person_id in phones
        ],
        at=at,
    )


def received(receipts: Sequence[Receipt], at: datetime) -> None:
    """Write a text to each payer of a bill who has a phone: what came, and what is still due."""
    day = clock.local_date(at)
    outbox.enqueue(
        [
            outbox.NewNotice(
                dedup_key=f"{BILL_PAID_TEXT}:{one.ext_id}"[:80],
                channel=Channel.SMS,
                template=BILL_PAID_TEXT,
                sealed_phone=one.bill.sealed_phone,
                params={
                    "name": one.payer_name,
                    "org": one.organisation.name,
                    "date": f"{day.month}月{day.day}日",
                    "item": one.purpose,
                    "amount": money.format_yuan(one.amount_fen),
                    "number": one.number,
                    "left": _still_due(one.bill),
                    "phone": HELP_PHONE,
                },
                subject_kind="receipt",
                subject_id=one.ext_id,
            )
            for one in receipts
            if one.bill is not None and one.bill.sealed_phone
        ],
        at=at,
    )


def _still_due(bill: Bill) -> str:
    left = bill.amount_fen - bill.paid_fen
    return f"，还差{money.format_yuan(left)}元" if left else ""


def silence(order: PaymentOrder, instruction: Instruction, at: datetime) -> None:
    """Tell the agency's desk that the bank has not answered for half an hour."""
    day = clock.local_date(at)
    holders = [holder for role in DESK for holder in orgs.holders(role, order.division_code, day)]
    outbox.enqueue(
        [
            outbox.NewNotice(
                dedup_key=f"bank_silent:{instruction.msg_id}:{user_id}"[:80],
                channel=Channel.INBOX,
                template="bank_silent",
                user_id=user_id,
                params={
                    "case_number": order.case_number,
                    "purpose": order.purpose,
                    "amount": money.format_yuan(instruction.amount_fen),
                    "msg_id": instruction.msg_id,
                },
                subject_kind="payment_order",
                subject_id=order.ext_id,
            )
            for user_id in sorted({one.user_id for one in holders if one.user_id is not None})
        ],
        at=at,
    )
