"""The worker's way to the bank: wake, pick, send, ask, and never pay twice.

SENDING is committed before the first byte leaves. Whatever is not a clear word of the bank makes
the message UNKNOWN; from there it is asked about, sent again only byte for byte where the bank
promises that this is safe, and ended by the statement of the closed day.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from sanzi.audit.queries import history
from sanzi.bank.errors import GatewayError
from sanzi.bank.port import BankGateway
from sanzi.kernel import digest
from sanzi.payments import rules
from sanzi.payments.actions import (
    answers,
    asking,
    cancelling,
    channels,
    gateways,
    locking,
    sending,
    turns,
)
from sanzi.payments.actions.answers import Outcome
from sanzi.payments.actions.locking import difference, lines_of, stop
from sanzi.payments.actions.release import batch_of
from sanzi.payments.actions.sending import Picked, Watch
from sanzi.payments.models import (
    Instruction,
    InstructionState,
    OrderState,
    PaymentOrder,
    TurnKind,
)

logger = logging.getLogger(__name__)

ROUND_MAX = 100


def work(at: datetime, gateway: BankGateway | None = None) -> int:
    """Do one round: wake dead messages, send what is ready, ask about what is open.

    Returns how many messages were handled. Safe with many workers and after a kill.
    """
    watch = Watch(at)
    done = reap(at)
    for _ in range(ROUND_MAX):
        picked = pick(watch.now(), gateway)
        if picked is None:
            break
        try:
            sending.send(picked, watch)
        except Exception:  # one message must not hold up the others; its lease makes it UNKNOWN
            logger.exception("message %s was sent, its answer was not taken", picked.msg_id)
        done += 1
    done += cancelling.work(watch, gateway)
    for instruction_id in asking.due(watch.now()):
        try:
            done += asking.ask(instruction_id, watch, gateway)
        except Exception:  # as above; it is asked about again in its rhythm
            logger.exception("message %s: the answer was not taken", instruction_id)
    return done


def reap(at: datetime) -> int:
    """Turn messages whose sender died into UNKNOWN: nobody can say how far they got.

    A lease that ends later than any lease begun now was written before our clock was set back.
    """
    over = Q(leased_until__lt=at) | Q(leased_until__gt=at + rules.LEASE + rules.SKEW_MAX)
    dead = Instruction.objects.filter(over, state=InstructionState.SENDING)
    for instruction_id in list(dead.values_list("pk", flat=True)):
        with locking.going_on(f"message {instruction_id}"), transaction.atomic():
            instruction = locking.lock_instruction(
                instruction_id, over, state=InstructionState.SENDING
            )
            if instruction is None:
                continue
            text = "发送的进程中途停了，不知道银行收到没有"
            sending.note(instruction, text)
            turns.note(instruction.pk, TurnKind.NO_ANSWER, at, text)
            answers.take_event(
                instruction_id=instruction.pk, outcome=Outcome(rules.Event.NO_ANSWER), at=at
            )
    return len(dead)


def pick(at: datetime, gateway: BankGateway | None = None) -> Picked | None:
    """Take the next ready message and commit that it is being sent.

    One message at a time for each debit account; a constraint holds that between workers.
    Before, what would be sent is compared with what was approved.
    """
    busy = Instruction.objects.filter(state=InstructionState.SENDING)
    ready = Instruction.objects.filter(state=InstructionState.READY, next_at__lte=at).exclude(
        debit_account_id__in=busy.values("debit_account_id")
    )
    for instruction_id in list(ready.order_by("pk").values_list("pk", flat=True)[:ROUND_MAX]):
        picked = None
        try:
            with locking.going_on(f"message {instruction_id}"), transaction.atomic():
                picked = _take(instruction_id, at, gateway)
        except IntegrityError:
            continue  # another worker began with this account in the same moment
        except GatewayError as problem:
            _put_off(instruction_id, problem, at)
            continue
        if picked is not None:
            return picked
    return None


def _put_off(instruction_id: int, problem: GatewayError, at: datetime) -> None:
    """No bank is connected for this account, or it is wrongly set up: nothing was sent."""
    logger.warning("message %s is put off: %s", instruction_id, problem)
    Instruction.objects.filter(pk=instruction_id, state=InstructionState.READY).update(
        next_at=at + rules.POLL_THEN, last_error=problem.text[:200]
    )


def _take(instruction_id: int, at: datetime, given: BankGateway | None) -> Picked | None:
    instruction = locking.lock_instruction(
        instruction_id, skip_locked=True, state=InstructionState.READY
    )
    if instruction is None:
        return None
    bank = given or gateways.of(instruction.debit_account)
    name = gateways.connection_of(instruction.debit_account)
    opens = rules.opens_at(at, bank.capabilities().closed_hours)
    if opens > at or name in channels.stopped_names():
        instruction.next_at = max(opens, at + rules.RETRY_AFTER[0])
        instruction.save(update_fields=["next_at"])
        return None
    order = locking.lock_order_row(instruction.order_id)
    if not _may_leave(instruction, order, at, bank):
        return None
    sending.begin(instruction, at)
    sending.move(instruction, rules.Event.PICK)
    turns.note(instruction.pk, TurnKind.SENT, at)
    body = bytes(instruction.body)
    return Picked(instruction.pk, instruction.msg_id, body, bank, name, is_resend=False)


def _may_leave(
    instruction: Instruction, order: PaymentOrder, at: datetime, bank: BankGateway
) -> bool:
    """Whether this message is still what was approved; if not, it and its order are stopped."""
    wrong = order.stopped_reason or _unlike_approved(instruction, order, bank)
    if not wrong and order.state == OrderState.RELEASED:
        return True
    if wrong and not order.stopped_reason:
        stop(order, step="dispatch", what=wrong, at=at)
    instruction.state = InstructionState.REFUSED
    instruction.last_error = (wrong or "付款单已经不在付款中")[:200]
    instruction.save(update_fields=["state", "last_error"])
    turns.note(instruction.pk, TurnKind.NOT_SENT, at, instruction.last_error)
    sending.move(instruction, rules.Event.WITHDRAW)
    return False


def _unlike_approved(instruction: Instruction, order: PaymentOrder, bank: BankGateway) -> str:
    """Return what differs between approval, rows and bytes; empty when nothing does.

    Before the first message of an order leaves, the whole order is held against its approval.
    Every message is built again from its rows and held against its bytes, and their digest
    against the one that the release wrote into the log.
    """
    is_first = not order.instructions.filter(attempt_count__gt=0).exists()
    wrong = difference(order, lines_of(order)) if is_first else ""
    if wrong:
        return wrong
    body = bytes(instruction.body)
    rows = [
        line.payment for line in instruction.lines.select_related("payment").order_by("instr_id")
    ]
    again = bank.build_batch(batch_of(order, instruction.msg_id, rows, instruction.created_at))
    found = digest.sm3(body)
    if found != instruction.body_digest or body != again:
        return "存好的付款报文被改过"
    if _digest_in_log(order, instruction.msg_id) != found:
        return "付款报文和复核付款时留下的不一样"
    return ""


def _digest_in_log(order: PaymentOrder, msg_id: str) -> str:
    """Return the digest of a message as the release wrote it into the log, or an empty string."""
    for event in reversed(history("payment_order", order.ext_id)):
        if event.kind in ("payments.order.released", "payments.message.replaced"):
            messages = json.loads(event.change)["after"]["messages"]
            if msg_id in messages:
                return str(messages[msg_id])
    return ""
