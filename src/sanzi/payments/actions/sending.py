"""One message leaves for the bank, and what is known of it afterwards is written down.

Whatever is not a clear word of the bank makes the message UNKNOWN.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from sanzi.bank.errors import (
    AskLater,
    AuthError,
    CutOffPassed,
    GatewayError,
    GatewayRejected,
    GatewayUnavailable,
    LimitExceeded,
    ProtocolError,
)
from sanzi.bank.port import BankGateway
from sanzi.bank.reasons import Retry, reason_for
from sanzi.payments import rules
from sanzi.payments.actions import alarms, anew, answers, channels, locking, turns
from sanzi.payments.actions.answers import Outcome
from sanzi.payments.models import (
    DayBalance,
    Instruction,
    InstructionLine,
    InstructionState,
    Payment,
    TurnKind,
)


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
    """A message that is this worker's to send, its state committed.

    `connection` names the way to the bank that keeps its debit account.
    """

    instruction_id: int
    msg_id: str
    body: bytes
    bank: BankGateway
    connection: str
    is_resend: bool


def send(picked: Picked, watch: Watch) -> None:
    """Send a picked message and write down what is known afterwards."""
    try:
        ack = picked.bank.send(picked.msg_id, picked.body)
    except (GatewayUnavailable, AuthError) as problem:
        _not_sent(picked, problem, watch.now())
    except GatewayRejected as problem:
        _rejected(picked, problem, watch.now())
    except GatewayError as problem:
        _unknown(picked, problem, watch.now())
    else:
        at = watch.now()
        with transaction.atomic():
            answers.take_status(instruction_id=picked.instruction_id, status=ack, at=at)
            turns.note(picked.instruction_id, TurnKind.ANSWERED, at, turns.words(ack))


def begin(instruction: Instruction, at: datetime) -> None:
    """Write down that a locked message is being sent, and the days on which it may be executed."""
    closed = (
        DayBalance.objects.filter(
            account_id=instruction.debit_account_id, statement_number__isnull=False
        )
        .order_by("-balance_date")
        .values_list("balance_date", flat=True)
        .first()
    )
    first, last = rules.first_day_at_risk(at, closed), rules.last_day_at_risk(at, closed)
    instruction.state = InstructionState.SENDING
    instruction.attempt_count += 1
    instruction.first_sent_at = instruction.first_sent_at or at
    instruction.last_sent_at = at
    instruction.risk_from_date = min(first, instruction.risk_from_date or first)
    instruction.risk_until_date = max(last, instruction.risk_until_date or last)
    instruction.leased_until = at + rules.LEASE
    instruction.save(
        update_fields=[
            "state",
            "attempt_count",
            "first_sent_at",
            "last_sent_at",
            "risk_from_date",
            "risk_until_date",
            "leased_until",
        ]
    )


def move(instruction: Instruction, event: rules.Event) -> None:
    """Move every line of a message and its payment, in one statement for each state."""
    statuses = set(instruction.lines.order_by().values_list("status", flat=True).distinct())
    for status in statuses:
        target = rules.move(status, event)
        if target is None:
            continue
        lines = InstructionLine.objects.filter(instruction=instruction, status=status)
        Payment.objects.filter(pk__in=list(lines.values_list("payment_id", flat=True))).update(
            status=target
        )
        lines.update(status=target)


def _not_sent(picked: Picked, problem: GatewayError, at: datetime) -> None:
    """Not one byte left: ready again. A message that was out before stays UNKNOWN all the same."""
    with transaction.atomic():
        instruction = locking.lock_message(picked.instruction_id).instruction
        note(instruction, problem.text)
        turns.note(instruction.pk, TurnKind.NOT_SENT, at, problem.text)
        if picked.is_resend:
            _back_to_waiting(instruction, at)
        elif instruction.state == InstructionState.SENDING:
            _ready_again(instruction, at)
    if isinstance(problem, AuthError):
        channels.stop(picked.connection, why=problem.text, at=at)


def _ready_again(instruction: Instruction, at: datetime) -> None:
    instruction.state = InstructionState.READY
    instruction.leased_until = None
    instruction.first_sent_at = instruction.last_sent_at = None
    instruction.risk_from_date = instruction.risk_until_date = None
    instruction.next_at = at + rules.retry_after(instruction.attempt_count)
    instruction.save(
        update_fields=[
            "state",
            "leased_until",
            "first_sent_at",
            "last_sent_at",
            "risk_from_date",
            "risk_until_date",
            "next_at",
        ]
    )
    move(instruction, rules.Event.NOT_SENT)


def _rejected(picked: Picked, problem: GatewayRejected, at: datetime) -> None:
    """The whole message was refused. Said of a second sending, it tells nothing of the first."""
    if picked.is_resend:
        _unknown(picked, problem, at)
        return
    code = str(problem.data.get("reason_code") or "")
    reason = reason_for(code)
    with transaction.atomic():
        turns.note(picked.instruction_id, TurnKind.REFUSED, at, problem.text)
        if isinstance(problem, CutOffPassed) or reason.retry in (Retry.NEXT_WINDOW, Retry.REDATE):
            is_closed_day = reason.retry is Retry.REDATE
            done = anew.redate(picked.instruction_id, picked.bank, at, is_closed_day=is_closed_day)
        elif isinstance(problem, LimitExceeded) or reason.retry is Retry.SPLIT:
            done = anew.split(picked.instruction_id, picked.bank, at)
        else:
            done = False
        if not done:
            text = str(problem.data.get("reason_text") or reason.sentence)
            outcome = Outcome(rules.Event.REFUSED, reason.reason_class, text)
            answers.take_event(instruction_id=picked.instruction_id, outcome=outcome, at=at)


def _unknown(picked: Picked, problem: GatewayError, at: datetime) -> None:
    with transaction.atomic():
        instruction = locking.lock_message(picked.instruction_id).instruction
        note(instruction, problem.text)
        turns.note(instruction.pk, TurnKind.NO_ANSWER, at, problem.text)
        if picked.is_resend:
            _back_to_waiting(instruction, at)
        else:
            answers.take_event(
                instruction_id=instruction.pk, outcome=Outcome(rules.Event.NO_ANSWER), at=at
            )
        wait_as_told(picked.instruction_id, problem, at)
    if isinstance(problem, ProtocolError):
        alarms.garbled(picked.instruction_id, problem.text, at)


def wait_as_told(instruction_id: int, problem: GatewayError, at: datetime) -> None:
    """Leave a message alone for as long as the bank wants, when that is what it said."""
    if isinstance(problem, AskLater):
        later = at + timedelta(minutes=int(str(problem.data["minutes"])))
        waiting = Instruction.objects.filter(pk=instruction_id, next_at__lt=later)
        waiting.update(next_at=later)


def _back_to_waiting(instruction: Instruction, at: datetime) -> None:
    """A second sending ended without news: its lines are as open as before."""
    if instruction.state == InstructionState.SENDING:
        answers.take_event(
            instruction_id=instruction.pk, outcome=Outcome(rules.Event.NO_ANSWER), at=at
        )


def note(instruction: Instruction, text: str) -> None:
    """Keep the last trouble of a message."""
    instruction.last_error = text[:200]
    instruction.save(update_fields=["last_error"])
