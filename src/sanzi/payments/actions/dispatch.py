"""The worker's way to the bank: pick, send, ask, and never pay twice.

SENDING is committed before the first byte leaves. Whatever is not a clear word of the bank makes
the message UNKNOWN; from there it is asked about, sent again only byte for byte where the bank
promises that this is safe, and ended by the statement of the closed day.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction

from sanzi.audit import actions as audit
from sanzi.bank.errors import (
    AuthError,
    CutOffPassed,
    GatewayError,
    GatewayRejected,
    GatewayUnavailable,
)
from sanzi.bank.port import BankGateway, BatchState
from sanzi.bank.reasons import reason_for
from sanzi.kernel import clock, digest
from sanzi.orgs.actors import SYSTEM
from sanzi.payments import hooks, rules
from sanzi.payments.actions import answers, gateways, telling
from sanzi.payments.actions.answers import Outcome
from sanzi.payments.actions.locking import difference, lines_of, stop
from sanzi.payments.actions.release import batch_of
from sanzi.payments.models import (
    DayBalance,
    Instruction,
    InstructionLine,
    InstructionState,
    OrderState,
    Payment,
    PaymentOrder,
    PaymentStatus,
)

logger = logging.getLogger(__name__)

ROUND_MAX = 100
WAITING = (InstructionState.UNKNOWN, InstructionState.ACCEPTED)


class Watch:
    """The time of a round that began at a given instant; moves on with the real clock."""

    def __init__(self, at: datetime) -> None:
        """Start at `at`."""
        self._at, self._started = at, time.monotonic()

    def now(self) -> datetime:
        """Return the instant it is now, counted from the start."""
        return self._at + timedelta(seconds=time.monotonic() - self._started)


@dataclass(frozen=True)
class Picked:
    """A message that is this worker's to send, its state committed."""

    instruction_id: int
    msg_id: str
    body: bytes
    is_resend: bool


def work(at: datetime, gateway: BankGateway | None = None) -> int:
    """Do one round: wake dead messages, send what is ready, ask about what is open.

    Returns how many messages were handled. Safe with many workers and after a kill.
    """
    bank, watch = gateway or gateways.current(), Watch(at)
    done = reap(at)
    for _ in range(ROUND_MAX):
        picked = pick(watch.now(), bank)
        if picked is None:
            break
        try:
            send(picked, watch, bank)
        except Exception:  # one message must not hold up the others; its lease makes it UNKNOWN
            logger.exception("message %s was sent, its answer was not taken", picked.msg_id)
        done += 1
    for instruction_id in due(watch.now()):
        try:
            done += ask(instruction_id, watch, bank)
        except Exception:  # as above; it is asked about again in its rhythm
            logger.exception("message %s: the answer was not taken", instruction_id)
    return done


def reap(at: datetime) -> int:
    """Turn messages whose sender died into UNKNOWN: nobody can say how far they got."""
    dead = Instruction.objects.filter(state=InstructionState.SENDING, leased_until__lt=at)
    for instruction_id in list(dead.values_list("pk", flat=True)):
        with transaction.atomic():
            instruction = Instruction.objects.select_for_update().get(pk=instruction_id)
            is_dead = instruction.leased_until is not None and instruction.leased_until < at
            if instruction.state == InstructionState.SENDING and is_dead:
                _note(instruction, "发送的进程中途停了")
                answers.take_event(
                    instruction_id=instruction.pk, outcome=Outcome(rules.Event.NO_ANSWER), at=at
                )
    return len(dead)


def pick(at: datetime, bank: BankGateway) -> Picked | None:
    """Take the next ready message and commit that it is being sent.

    One message at a time for each debit account; a constraint holds that between workers.
    Before, what would be sent is compared with what was approved.
    """
    busy = Instruction.objects.filter(state=InstructionState.SENDING)
    ready = Instruction.objects.filter(state=InstructionState.READY, next_at__lte=at).exclude(
        debit_account_id__in=busy.values("debit_account_id")
    )
    for instruction_id in list(ready.order_by("pk").values_list("pk", flat=True)[:ROUND_MAX]):
        try:
            with transaction.atomic():
                picked = _take(instruction_id, at, bank)
        except IntegrityError:
            continue  # another worker began with this account in the same moment
        if picked is not None:
            return picked
    return None


def _take(instruction_id: int, at: datetime, bank: BankGateway) -> Picked | None:
    can_skip = connection.features.has_select_for_update_skip_locked
    instruction = (
        Instruction.objects.select_for_update(of=("self",), skip_locked=can_skip)
        .filter(pk=instruction_id, state=InstructionState.READY)
        .first()
    )
    if instruction is None:
        return None
    order = (
        PaymentOrder.objects.select_for_update(of=("self",))
        .select_related("organisation", "debit_account")
        .get(pk=instruction.order_id)
    )
    if not _may_leave(instruction, order, at, bank):
        return None
    body = bytes(instruction.body)
    instruction.state = InstructionState.SENDING
    instruction.attempt_count += 1
    instruction.first_sent_at = instruction.first_sent_at or at
    instruction.last_sent_at = at
    instruction.leased_until = at + rules.LEASE
    instruction.save(
        update_fields=["state", "attempt_count", "first_sent_at", "last_sent_at", "leased_until"]
    )
    _move(instruction, rules.Event.PICK)
    return Picked(instruction.pk, instruction.msg_id, body, is_resend=False)


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
    _move(instruction, rules.Event.WITHDRAW)
    return False


def _unlike_approved(instruction: Instruction, order: PaymentOrder, bank: BankGateway) -> str:
    """Return what differs between approval, rows and bytes; empty when nothing does."""
    wrong = difference(order, lines_of(order))
    if wrong:
        return wrong
    body = bytes(instruction.body)
    rows = [
        line.payment for line in instruction.lines.select_related("payment").order_by("instr_id")
    ]
    again = bank.build_batch(batch_of(order, instruction.msg_id, rows, instruction.created_at))
    if digest.sm3(body) != instruction.body_digest or body != again:
        return "存好的付款报文被改过"
    return ""


def _move(instruction: Instruction, event: rules.Event) -> None:
    """Move every line of a message and its payment, in one statement for each state."""
    statuses = set(instruction.lines.values_list("status", flat=True))
    for status in statuses:
        target = rules.move(status, event)
        if target is not None:
            keys = list(
                instruction.lines.filter(status=status).values_list("payment_id", flat=True)
            )
            InstructionLine.objects.filter(instruction=instruction, status=status).update(
                status=target
            )
            Payment.objects.filter(pk__in=keys).update(status=target)


def send(picked: Picked, watch: Watch, bank: BankGateway) -> None:
    """Send a picked message and write down what is known afterwards."""
    try:
        ack = bank.send(picked.msg_id, picked.body)
    except (GatewayUnavailable, AuthError) as problem:
        _not_sent(picked, problem, watch.now())
    except GatewayRejected as problem:
        _rejected(picked, problem, watch.now())
    except GatewayError as problem:
        _unknown(picked, problem, watch.now())
    else:
        answers.take_status(instruction_id=picked.instruction_id, status=ack, at=watch.now())


def _not_sent(picked: Picked, problem: GatewayError, at: datetime) -> None:
    """Not one byte left: ready again. A message that was out before stays UNKNOWN all the same."""
    with transaction.atomic():
        instruction = Instruction.objects.select_for_update().get(pk=picked.instruction_id)
        _note(instruction, problem.text)
        if picked.is_resend:
            _back_to_waiting(instruction, at)
            return
        if instruction.state != InstructionState.SENDING:
            return
        instruction.state = InstructionState.READY
        instruction.leased_until = None
        instruction.first_sent_at = instruction.last_sent_at = None
        instruction.next_at = at + rules.retry_after(instruction.attempt_count)
        instruction.save(
            update_fields=["state", "leased_until", "first_sent_at", "last_sent_at", "next_at"]
        )
        _move(instruction, rules.Event.NOT_SENT)


def _rejected(picked: Picked, problem: GatewayRejected, at: datetime) -> None:
    """The whole message was refused. Said of a second sending, it tells nothing of the first."""
    if picked.is_resend:
        _unknown(picked, problem, at)
        return
    if isinstance(problem, CutOffPassed):
        _not_sent(picked, problem, at)
        return
    code = str(problem.data.get("reason_code") or "")
    reason = reason_for(code)
    outcome = Outcome(
        rules.Event.REFUSED,
        reason.reason_class,
        str(problem.data.get("reason_text") or reason.sentence),
    )
    answers.take_event(instruction_id=picked.instruction_id, outcome=outcome, at=at)


def _unknown(picked: Picked, problem: GatewayError, at: datetime) -> None:
    with transaction.atomic():
        instruction = Instruction.objects.select_for_update().get(pk=picked.instruction_id)
        _note(instruction, problem.text)
        if picked.is_resend:
            _back_to_waiting(instruction, at)
            return
        answers.take_event(
            instruction_id=instruction.pk, outcome=Outcome(rules.Event.NO_ANSWER), at=at
        )


def _back_to_waiting(instruction: Instruction, at: datetime) -> None:
    """A second sending ended without news: its lines are as open as before."""
    if instruction.state == InstructionState.SENDING:
        answers.take_event(
            instruction_id=instruction.pk, outcome=Outcome(rules.Event.NO_ANSWER), at=at
        )


def _note(instruction: Instruction, text: str) -> None:
    instruction.last_error = text[:200]
    instruction.save(update_fields=["last_error"])


def due(at: datetime) -> list[int]:
    """Return the open messages that it is time to ask about."""
    waiting = Instruction.objects.filter(state__in=WAITING, next_at__lte=at)
    return list(waiting.order_by("next_at").values_list("pk", flat=True)[:ROUND_MAX])


def ask(instruction_id: int, watch: Watch, bank: BankGateway) -> int:
    """Ask the bank what became of a message, once in its rhythm; return 1 when it was asked."""
    at = watch.now()
    instruction = Instruction.objects.get(pk=instruction_id)
    taken = Instruction.objects.filter(
        pk=instruction_id, state__in=WAITING, next_at=instruction.next_at
    ).update(
        next_at=at + rules.poll_after(instruction.poll_count + 1),
        poll_count=instruction.poll_count + 1,
    )
    if not taken:
        return 0
    is_absent = False
    try:
        status = bank.query_batch(instruction.msg_id)
    except GatewayError as problem:
        Instruction.objects.filter(pk=instruction_id).update(last_error=problem.text[:200])
    else:
        answers.take_status(instruction_id=instruction_id, status=status, at=watch.now())
        is_absent = status.state is BatchState.NOT_FOUND
    conclude(instruction_id, watch.now(), bank, is_absent=is_absent)
    if is_absent:
        _send_again(instruction_id, watch, bank)
    alarm(instruction_id, watch.now())
    return 1


def conclude(instruction_id: int, at: datetime, bank: BankGateway, *, is_absent: bool) -> int:
    """End open lines that no statement of the days at risk has; return how many.

    The statements must all be in, and the bank must promise that nothing is left over at the end
    of a day. A line that the bank had accepted is ended only when the bank no longer knows it.
    """
    if not bank.capabilities().queue_dead_at_statement:
        return 0
    with transaction.atomic():
        instruction = Instruction.objects.select_for_update().get(pk=instruction_id)
        if instruction.state not in WAITING or not _are_days_closed(instruction):
            return 0
        if instruction.state == InstructionState.ACCEPTED and not is_absent:
            return 0
        reason = "当天的对账单里没有这一笔，银行没有执行"
        outcome = Outcome(rules.Event.ABSENT, "NOT_IN_STATEMENT", reason)
        if is_absent:
            return answers.take_event(instruction_id=instruction_id, outcome=outcome, at=at)
        unknown = instruction.lines.filter(status=PaymentStatus.UNKNOWN)
        outcomes = {line.pk: outcome for line in unknown}
        return answers.take_entries(outcomes=outcomes, at=at)


def _are_days_closed(instruction: Instruction) -> bool:
    if instruction.first_sent_at is None or instruction.last_sent_at is None:
        return False
    days = rules.days_at_risk(instruction.first_sent_at, instruction.last_sent_at)
    known = DayBalance.objects.filter(
        account_id=instruction.debit_account_id,
        balance_date__in=days,
        statement_number__isnull=False,
    ).count()
    return known == len(days)


def _send_again(instruction_id: int, watch: Watch, bank: BankGateway) -> None:
    """Send an unknown message once more, byte for byte, where the bank promises that it is safe.

    Only on the day it was written for: so the days at risk do not grow.
    """
    if not bank.capabilities().idempotent_replay:
        return
    at = watch.now()
    try:
        with transaction.atomic():
            picked = _take_again(instruction_id, at)
    except IntegrityError:
        return  # the account is busy with another message; the next question comes soon
    if picked is not None:
        send(picked, watch, bank)


def _take_again(instruction_id: int, at: datetime) -> Picked | None:
    instruction = Instruction.objects.select_for_update().get(pk=instruction_id)
    is_same_day = clock.local_date(instruction.created_at) == clock.local_date(
        at + rules.SEND_REACH
    )
    if instruction.state != InstructionState.UNKNOWN or not is_same_day:
        return None
    is_stopped = PaymentOrder.objects.filter(pk=instruction.order_id).exclude(stopped_reason="")
    body = bytes(instruction.body)
    if is_stopped.exists() or digest.sm3(body) != instruction.body_digest:
        return None
    instruction.state = InstructionState.SENDING
    instruction.attempt_count += 1
    instruction.last_sent_at = at
    instruction.leased_until = at + rules.LEASE
    instruction.save(update_fields=["state", "attempt_count", "last_sent_at", "leased_until"])
    return Picked(instruction.pk, instruction.msg_id, body, is_resend=True)


def alarm(instruction_id: int, at: datetime) -> bool:
    """Raise the alarm once for a message that has been UNKNOWN for half an hour."""
    with transaction.atomic():
        instruction = Instruction.objects.select_for_update().get(pk=instruction_id)
        since = instruction.unknown_at
        is_new = instruction.state == InstructionState.UNKNOWN and instruction.alarmed_at is None
        if not is_new or since is None or not rules.is_alarming(since, at):
            return False
        instruction.alarmed_at = at
        instruction.save(update_fields=["alarmed_at"])
        order = PaymentOrder.objects.select_related("organisation").get(pk=instruction.order_id)
        telling.silence(order, instruction, at)
        audit.write(
            chain=order.organisation.ext_id,
            kind="payments.message.silent",
            by=SYSTEM,
            at=at,
            subject=("payment_order", order.ext_id),
            after={"msg_id": instruction.msg_id, "since": since},
        )
        hooks.on_silence.tell(
            hooks.Silence(
                order.case_number, order.ext_id, order.division_code, instruction.msg_id, since, at
            )
        )
        return True
