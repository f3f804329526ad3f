"""What the bank's word does: lines move, money is booked, payees and higher rooms are told.

One transaction for each answer. Everything hangs on the move of a line, which happens once: the
same answer again moves nothing and does nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.bank import reasons
from sanzi.bank.port import BatchState, BatchStatus, LineState, LineStatus
from sanzi.orgs.actors import SYSTEM
from sanzi.payments import hooks, rules
from sanzi.payments.actions import books, locking, telling
from sanzi.payments.actions.locking import Message
from sanzi.payments.models import (
    Instruction,
    InstructionLine,
    InstructionState,
    OrderState,
    Payment,
    PaymentOrder,
    PaymentStatus,
)
from sanzi.record import bulk


@dataclass(frozen=True)
class Outcome:
    """What became of one line: the event, why, and the bank's reference and time if known."""

    event: rules.Event
    reason_class: str = ""
    reason_text: str = ""
    bank_ref: str = ""
    booked_at: datetime | None = None


@dataclass
class _Moved:
    settled: list[Payment] = field(default_factory=list)
    failed: list[Payment] = field(default_factory=list)
    returned: list[Payment] = field(default_factory=list)


EVENTS = {
    LineState.SETTLED: rules.Event.BOOKED,
    LineState.ACCEPTED: rules.Event.ACKNOWLEDGED,
    LineState.PENDING: rules.Event.ACKNOWLEDGED,
    LineState.REJECTED: rules.Event.REFUSED,
}


@transaction.atomic
def take_status(*, instruction_id: int, status: BatchStatus, at: datetime) -> int:
    """Apply the bank's status of a message; return how many lines moved.

    A line that the answer to a send leaves out is UNKNOWN. A line refused as a duplicate is not
    refused: somewhere the bank has it, so it stays open until the statement tells.
    """
    return apply_status(locking.lock_message(instruction_id), status, at)


def says_nothing_new(instruction_id: int, status: BatchStatus) -> bool:
    """Tell, without a lock, whether a status leaves every line of a message where it is.

    Most answers to questions are like this; a line that moves meanwhile has moved by another word.
    """
    told = {one.e2e_id: one for one in status.lines}
    lines = InstructionLine.objects.filter(instruction_id=instruction_id)
    for e2e_id, now in lines.values_list("e2e_id", "status"):
        outcome = _outcome(status, told.get(e2e_id))
        if now == PaymentStatus.SUBMITTING or (outcome and rules.move(now, outcome.event)):
            return False
    return True


def apply_status(message: Message, status: BatchStatus, at: datetime) -> int:
    """Apply the bank's status to a locked message; return how many lines moved."""
    called_back = _called_back(message.instruction)
    told = {one.e2e_id: one for one in status.lines}
    outcomes = {}
    for line in message.lines:
        outcome = _outcome(status, told.get(line.e2e_id))
        if outcome is not None and line.e2e_id in called_back:
            outcome = _as_called_back(outcome)
        if outcome is not None:
            outcomes[line.pk] = outcome
        elif line.status == PaymentStatus.SUBMITTING:
            outcomes[line.pk] = Outcome(rules.Event.NO_ANSWER)
    return apply(message, outcomes, at)


def _outcome(status: BatchStatus, found: LineStatus | None) -> Outcome | None:
    if found is not None:
        state, code = found.status, found.reason_code
        text, bank_ref = found.reason_text, found.bank_ref
    elif status.lines or status.rest:
        state, code, text, bank_ref = status.rest or LineState.NOT_FOUND, "", "", ""
    else:
        state, code = LineState(_whole(status.state)), status.reason_code
        text, bank_ref = status.reason_text, ""
    event = EVENTS.get(state)
    if event is None:
        return None
    if event is not rules.Event.REFUSED:
        return Outcome(event, bank_ref=bank_ref)
    reason = reasons.reason_for(code)
    if reason.retry is reasons.Retry.QUERY:
        return None
    return Outcome(event, reason.reason_class, text or reason.sentence, bank_ref)


CALLED_BACK = "CALLED_BACK"
CALLED_BACK_TEXT = "按我们的申请，银行撤回了，没有付"


def _called_back(instruction: Instruction) -> set[str]:
    """Return the lines that we wished the bank to take out."""
    wishes = instruction.wishes.values_list("e2e_ids", flat=True)
    return {e2e_id for wished in wishes for e2e_id in wished}


def _as_called_back(outcome: Outcome) -> Outcome:
    """A refusal of a line that we asked the bank to take out is the fulfilment of that wish."""
    if outcome.event is not rules.Event.REFUSED:
        return outcome
    return replace(
        outcome,
        event=rules.Event.CALLED_BACK,
        reason_class=CALLED_BACK,
        reason_text=CALLED_BACK_TEXT,
    )


def _whole(state: BatchState) -> str:
    """Return the line state that a word about the whole message means for each line."""
    return LineState.NOT_FOUND if state is BatchState.PART else state.value


@transaction.atomic
def take_event(*, instruction_id: int, outcome: Outcome, at: datetime) -> int:
    """Apply one outcome to every line of a message that it can still move."""
    message = locking.lock_message(instruction_id)
    return apply(message, {line.pk: outcome for line in message.lines}, at)


@transaction.atomic
def take_lines(*, instruction_id: int, outcomes: Mapping[int, Outcome], at: datetime) -> int:
    """Apply one word about some lines of a message, by primary key of the line."""
    message = locking.lock_message(instruction_id)
    return apply(message, outcomes, at)


_FOLLOWING = ("status", "reason_class", "reason_text", "bank_ref", "paid_at", "returned_at")


def apply(message: Message, outcomes: Mapping[int, Outcome], at: datetime) -> int:
    """Apply outcomes to lines of a locked message, by primary key; return how many moved."""
    moved = _Moved()
    changed: list[InstructionLine] = []
    for line in message.lines:
        outcome = outcomes.get(line.pk)
        target = rules.move(line.status, outcome.event) if outcome else None
        if outcome is None or target is None:
            continue
        line.status = str(target)
        changed.append(line)
        _follow(line.payment, outcome, target, at, moved)
    _write_state(message.instruction, [line.status for line in message.lines], at)
    if not changed:
        return 0
    bulk.update(
        InstructionLine,
        [line.pk for line in changed],
        {"status": [str(line.status) for line in changed]},
    )
    bulk.update(
        Payment,
        [line.payment_id for line in changed],
        {name: [getattr(line.payment, name) for line in changed] for name in _FOLLOWING},
    )
    _tell(message, changed, moved, at)
    return len(changed)


def _follow(
    payment: Payment, outcome: Outcome, target: rules.Status, at: datetime, moved: _Moved
) -> None:
    """Let the payment say what its attempt says. The payment holds one open attempt at a time."""
    payment.status = str(target)
    payment.bank_ref = outcome.bank_ref or payment.bank_ref
    if target is rules.Status.SETTLED:
        payment.paid_at = outcome.booked_at or at
        moved.settled.append(payment)
    elif target in rules.ENDED_WITHOUT_SUCCESS:
        payment.reason_class = outcome.reason_class[:24]
        payment.reason_text = outcome.reason_text[:120]
        if target is rules.Status.RETURNED:
            payment.returned_at = outcome.booked_at or at
            moved.returned.append(payment)
        moved.failed.append(payment)


def _write_state(instruction: Instruction, statuses: Sequence[str], at: datetime) -> None:
    """Let the message say what its lines say; give it a lease only while it is being sent."""
    state = rules.instruction_state(statuses)
    if state == instruction.state and instruction.leased_until is None:
        return
    if state != InstructionState.SENDING:
        instruction.leased_until = None
    is_new = state == InstructionState.ACCEPTED and instruction.state != state
    if state != InstructionState.UNKNOWN:
        instruction.unknown_at = instruction.alarmed_at = None
    elif instruction.unknown_at is None:
        instruction.unknown_at, is_new = at, True
    if is_new:
        instruction.poll_count = 0
        instruction.next_at = at + rules.poll_after(0)
    instruction.state = state
    instruction.save(
        update_fields=[
            "state",
            "leased_until",
            "unknown_at",
            "alarmed_at",
            "poll_count",
            "next_at",
        ]
    )


def _tell(
    message: Message, changed: Sequence[InstructionLine], moved: _Moved, at: datetime
) -> None:
    """Book, notify and call the hooks for the lines that moved, and bring the order up to date."""
    instruction, order = message.instruction, message.order
    if moved.settled:
        instruction.settlement_count += 1
        instruction.save(update_fields=["settlement_count"])
        books.settled(order, instruction, moved.settled, at)
    for one in moved.returned:
        books.returned(order, one, at)
    _audit(order, instruction, changed, at)  # books are locked before the log
    if moved.settled:
        telling.settled(order, moved.settled, at)
        hooks.on_settled.tell(
            hooks.Settled(
                case_number=order.case_number,
                order_ext_id=order.ext_id,
                payment_ext_ids=tuple(one.ext_id for one in moved.settled),
                amount_fen=sum(one.amount_fen for one in moved.settled),
                at=at,
            )
        )
    telling.returned(order, moved.returned, at)
    for one in moved.failed:
        hooks.on_line_failed.tell(_failure(order, one, at))
    _write_order_state(order, at)


def _failure(order: PaymentOrder, one: Payment, at: datetime) -> hooks.LineFailed:
    return hooks.LineFailed(
        case_number=order.case_number,
        order_ext_id=order.ext_id,
        payment_ext_id=one.ext_id,
        line_no=one.line_no,
        amount_fen=one.amount_fen,
        status=one.status,
        reason_class=one.reason_class,
        reason_text=one.reason_text,
        at=at,
    )


SENT_STATES = (OrderState.RELEASED, OrderState.PART_SETTLED, OrderState.SETTLED)


def _write_order_state(order: PaymentOrder, at: datetime) -> None:
    """Bring an order that is at the bank up to date; one that goes round again is left alone."""
    if order.state not in SENT_STATES:
        return
    state = rules.order_state(list(order.payments.values_list("status", flat=True)))
    if state == order.state:
        return
    order.state = state
    order.save(update_fields=["state"])
    if state in (OrderState.SETTLED, OrderState.PART_SETTLED):
        hooks.on_order_done.tell(hooks.OrderDone(order.case_number, order.ext_id, state, at))


def _audit(
    order: PaymentOrder,
    instruction: Instruction,
    changed: Sequence[InstructionLine],
    at: datetime,
) -> None:
    by_status: dict[str, list[int]] = defaultdict(list)
    for line in changed:
        by_status[line.status].append(line.payment.line_no)
    audit.write(
        chain=order.organisation.ext_id,
        kind="payments.lines.moved",
        by=SYSTEM,
        at=at,
        subject=("payment_order", order.ext_id),
        after={
            "msg_id": instruction.msg_id,
            "lines": {status: _ranges(places) for status, places in sorted(by_status.items())},
        },
    )


def _ranges(places: list[int]) -> str:
    """Write line numbers briefly: 1-350,352."""
    told: list[str] = []
    first = last = None
    for place in [*sorted(places), None]:
        if last is not None and place == last + 1:
            last = place
            continue
        if first is not None:
            told.append(str(first) if first == last else f"{first}-{last}")
        first = last = place
    return ",".join(told)
