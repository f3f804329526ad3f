"""What must be told at once: silence, garbled answers, debits that should not be.

The agency's desk and the operators hear it in their inbox; each cause rings once.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.orgs.actors import SYSTEM
from sanzi.payments import hooks, rules
from sanzi.payments.actions import locking, telling
from sanzi.payments.models import Instruction, InstructionState, PaymentOrder


def alarm(instruction_id: int, at: datetime) -> bool:
    """Ring for a message that has been UNKNOWN for half an hour, and again when a day ends on it.

    Returns whether it rang.
    """
    with transaction.atomic():
        instruction = locking.lock_instruction(instruction_id, state=InstructionState.UNKNOWN)
        since = instruction.unknown_at if instruction is not None else None
        if instruction is None or since is None:
            return False
        is_new = instruction.alarmed_at is None and rules.is_alarming(since, at)
        ended = rules.day_ended(since, instruction.day_alarm_date, at)
        if not is_new and ended is None:
            return False
        instruction.alarmed_at = instruction.alarmed_at or at
        instruction.day_alarm_date = ended or instruction.day_alarm_date
        instruction.save(update_fields=["alarmed_at", "day_alarm_date"])
        order = _order_of(instruction)
        telling.silence(order, instruction, at, ended=ended)
        _audit(order, "silent", at, {"msg_id": instruction.msg_id, "since": since})
        if is_new:
            hooks.on_silence.tell(
                hooks.Silence(
                    order.case_number,
                    order.ext_id,
                    order.division_code,
                    instruction.msg_id,
                    since,
                    at,
                )
            )
        return True


def garbled(instruction_id: int, why: str, at: datetime) -> None:
    """Ring because an answer came that cannot be trusted. The money's fate is unknown."""
    with transaction.atomic():
        instruction = Instruction.objects.get(pk=instruction_id)
        order = _order_of(instruction)
        telling.garbled(order, instruction, why, at)
        _audit(order, "garbled", at, {"msg_id": instruction.msg_id, "why": why[:200]})


def _order_of(instruction: Instruction) -> PaymentOrder:
    return PaymentOrder.objects.select_related("organisation").get(pk=instruction.order_id)


def _audit(order: PaymentOrder, what: str, at: datetime, after: dict[str, object]) -> None:
    audit.write(
        chain=order.organisation.ext_id,
        kind=f"payments.message.{what}",
        by=SYSTEM,
        at=at,
        subject=("payment_order", order.ext_id),
        after=after,
    )
