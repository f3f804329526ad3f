"""The text to a payer: his money for a bill has come, and what is still due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sanzi.kernel import clock, money
from sanzi.notices import outbox
from sanzi.notices.models import Channel
from sanzi.payments.actions.telling import HELP_PHONE
from sanzi.payments.models import Bill, Receipt

BILL_PAID_TEXT = "bill_paid"
TEXTS = {
    BILL_PAID_TEXT: (
        "{name}您好，{org}于{date}收到您交的{item}{amount}元，收据号{number}{left}。"
        "如有疑问请联系{phone}。"
    ),
}

TITLES = {BILL_PAID_TEXT: "收到缴款"}


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
                    "date": clock.day_said(day),
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
