"""A message that the bank certainly refused goes out again under a number of its own.

Only for refusals of the whole message that say nothing against its payees: the hour, the day,
the size. The former lines end as REJECTED; the payees keep their approval.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.bank.port import BankGateway
from sanzi.orgs.actors import SYSTEM
from sanzi.payments import rules
from sanzi.payments.actions import locking, turns
from sanzi.payments.actions.release import write_message
from sanzi.payments.models import (
    Instruction,
    InstructionLine,
    InstructionState,
    Payment,
    PaymentOrder,
    PaymentStatus,
    TurnKind,
)

AGAIN_MAX = 12
"""After so many refusals in a row a human looks at it."""


def redate(instruction_id: int, bank: BankGateway, at: datetime, *, is_closed_day: bool) -> bool:
    """Write a message refused for its hour or day again, dated for the bank's next window."""
    hours = bank.capabilities().closed_hours
    next_at = rules.next_window(at, hours, is_closed_day=is_closed_day)
    return _again(instruction_id, bank, at, next_at=next_at, size_max=0)


def split(instruction_id: int, bank: BankGateway, at: datetime) -> bool:
    """Write a message refused for its size again in two halves; False for a single line."""
    lines = InstructionLine.objects.filter(instruction_id=instruction_id).count()
    if lines < 2:
        return False
    return _again(instruction_id, bank, at, next_at=at, size_max=-(-lines // 2))


@transaction.atomic
def _again(
    instruction_id: int, bank: BankGateway, at: datetime, *, next_at: datetime, size_max: int
) -> bool:
    message = locking.lock_message(instruction_id)
    old = message.instruction
    if old.state != InstructionState.SENDING or _depth(old) >= AGAIN_MAX:
        return False
    InstructionLine.objects.filter(instruction=old).update(status=PaymentStatus.REJECTED)
    old.state = InstructionState.FINAL
    old.leased_until = None
    old.save(update_fields=["state", "leased_until"])
    payments = [line.payment for line in message.lines]
    bring(message.order, payments, bank, at=at, next_at=next_at, size_max=size_max, old=old)
    return True


def bring(
    order: PaymentOrder,
    payments: Sequence[Payment],
    bank: BankGateway,
    *,
    at: datetime,
    next_at: datetime,
    size_max: int,
    old: Instruction,
) -> list[str]:
    """Write new messages for payments of an old one that certainly was not taken; return numbers.

    Needs the locks of the old message and its order.
    """
    Payment.objects.filter(pk__in=[one.pk for one in payments]).update(
        status=PaymentStatus.APPROVED
    )
    for one in payments:
        one.status = PaymentStatus.APPROVED
    written = [
        write_message(order, payments[start:end], next_at, bank, replaces=old)
        for start, end in rules.chunks(len(payments), size_max or max(1, len(payments)))
    ]
    msg_ids = [one.msg_id for one in written]
    turns.note(old.pk, TurnKind.REPLACED, at, f"改用新批号：{'、'.join(msg_ids)}")
    audit.write(
        chain=order.organisation.ext_id,
        kind="payments.message.replaced",
        by=SYSTEM,
        at=at,
        subject=("payment_order", order.ext_id),
        after={
            "msg_id": old.msg_id,
            "messages": {one.msg_id: one.body_digest for one in written},
            "next_at": next_at,
        },
    )
    return msg_ids


def _depth(instruction: Instruction) -> int:
    found, depth = instruction, 0
    while found.replaces is not None and depth < AGAIN_MAX:
        found, depth = found.replaces, depth + 1
    return depth
