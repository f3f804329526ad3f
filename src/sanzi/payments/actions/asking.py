"""What became of a message: asked in a fixed rhythm, sent again where that is safe, and ended.

A message ends by the bank's word or by the statement of its closed days. Where the bank does not
promise that its queue is empty by then, its signed word is needed as well.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from sanzi.audit import actions as audit
from sanzi.bank.errors import AuthError, GatewayError, ProtocolError
from sanzi.bank.port import BankGateway, BatchState, BatchStatus, LineState
from sanzi.kernel import clock, digest
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments import rules
from sanzi.payments.actions import alarms, answers, channels, gateways, locking, sending, turns
from sanzi.payments.actions.answers import Outcome
from sanzi.payments.actions.sending import Picked, Watch
from sanzi.payments.models import (
    BankAccount,
    BankWord,
    DayBalance,
    Instruction,
    InstructionState,
    PaymentOrder,
    PaymentStatus,
    TurnKind,
)

ROUND_MAX = 100
WAITING = (InstructionState.UNKNOWN, InstructionState.ACCEPTED)
SINGLE_MAX = 20
"""Lines asked about one by one in a round, when the answer for the message leaves them out."""
ABSENT_TEXT = "当天的对账单里没有这一笔，银行没有执行"


def due(at: datetime) -> list[int]:
    """Return the open messages that it is time to ask about.

    One whose time lies further ahead than the rhythm ever puts it was written by a clock that
    has been set back since: it is due.
    """
    never = at + rules.POLL_THEN + rules.SKEW_MAX
    waiting = Instruction.objects.filter(
        Q(next_at__lte=at) | Q(next_at__gt=never), state__in=WAITING
    )
    return list(waiting.order_by("next_at").values_list("pk", flat=True)[:ROUND_MAX])


def ask(instruction_id: int, watch: Watch, given: BankGateway | None = None) -> int:
    """Ask the bank what became of a message, once in its rhythm; return 1 when it was asked."""
    at = watch.now()
    instruction = (
        Instruction.objects.select_related("debit_account").defer("body").get(pk=instruction_id)
    )
    taken = Instruction.objects.filter(
        pk=instruction_id, state__in=WAITING, next_at=instruction.next_at
    ).update(
        next_at=at + rules.poll_after(instruction.poll_count + 1),
        poll_count=instruction.poll_count + 1,
    )
    if not taken:
        return 0
    account = instruction.debit_account
    bank = given or gateways.of(account)
    is_absent = False
    try:
        status = bank.query_batch(instruction.msg_id)
    except GatewayError as problem:
        _no_answer(instruction, account, problem, watch.now())
    else:
        _take(instruction_id, status, watch.now())
        _ask_singly(instruction_id, bank, status, watch)
        is_absent = status.state is BatchState.NOT_FOUND
    conclude(instruction_id, watch.now(), bank, is_absent=is_absent)
    if is_absent:
        _send_again(instruction_id, watch, bank)
    alarms.alarm(instruction_id, watch.now())
    return 1


@transaction.atomic
def _take(instruction_id: int, status: BatchStatus, at: datetime) -> None:
    if not answers.says_nothing_new(instruction_id, status):
        answers.take_status(instruction_id=instruction_id, status=status, at=at)
    turns.note(instruction_id, TurnKind.ASKED, at, turns.words(status))


def _no_answer(
    instruction: Instruction, account: BankAccount, problem: GatewayError, at: datetime
) -> None:
    with transaction.atomic():
        Instruction.objects.filter(pk=instruction.pk).update(last_error=problem.text[:200])
        turns.note(instruction.pk, TurnKind.ASKED, at, problem.text)
        sending.wait_as_told(instruction.pk, problem, at)
    if isinstance(problem, AuthError):
        channels.stop(gateways.connection_of(account), why=problem.text, at=at)
    elif isinstance(problem, ProtocolError):
        alarms.garbled(instruction.pk, problem.text, at)


def _ask_singly(instruction_id: int, bank: BankGateway, status: BatchStatus, watch: Watch) -> None:
    """Ask about the open lines that the answer for the whole message left out, some a round."""
    told = {line.e2e_id for line in status.lines if line.status is not LineState.NOT_FOUND}
    if not told or status.rest is not None:
        return
    left = Instruction.objects.get(pk=instruction_id).lines.filter(
        status__in=[PaymentStatus.UNKNOWN, PaymentStatus.ACCEPTED]
    )
    missing = [e2e_id for e2e_id in left.values_list("e2e_id", flat=True) if e2e_id not in told]
    found = []
    for e2e_id in missing[:SINGLE_MAX]:
        try:
            found.append(bank.query_payment(e2e_id))
        except GatewayError:
            break  # they are asked about again in the message's rhythm
    if found:
        whole = BatchStatus(status.msg_id, BatchState.PART, tuple(found))
        answers.take_status(instruction_id=instruction_id, status=whole, at=watch.now())


def conclude(instruction_id: int, at: datetime, bank: BankGateway, *, is_absent: bool) -> int:
    """End open lines that no statement of the days at risk has; return how many.

    The statements must all be in. Where the bank promises that nothing is left over at the end of
    a day, a line that it had accepted ends only when it no longer knows it; where it does not, a
    line ends only when its signed word says that it was not and will not be executed.
    """
    instruction = Instruction.objects.defer("body").get(pk=instruction_id)
    if instruction.state not in WAITING or not _are_days_closed(instruction):
        return 0
    needs_word = not bank.capabilities().queue_dead_at_statement
    if needs_word:
        _fetch_word(instruction, bank, at)
    with transaction.atomic():
        held = locking.lock_instruction(instruction_id, state__in=WAITING)
        if held is None or not _are_days_closed(held):
            return 0
        ending = _ending(held, needs_word=needs_word, is_absent=is_absent)
        outcome = Outcome(rules.Event.ABSENT, "NOT_IN_STATEMENT", ABSENT_TEXT)
        return answers.take_lines(
            instruction_id=instruction_id, outcomes=dict.fromkeys(ending, outcome), at=at
        )


def _ending(instruction: Instruction, *, needs_word: bool, is_absent: bool) -> list[int]:
    """Return the open lines that are over now that their days are closed."""
    lines = instruction.lines.filter(status__in=[PaymentStatus.UNKNOWN, PaymentStatus.ACCEPTED])
    if needs_word:
        said = instruction.words.values_list("e2e_ids", flat=True)
        lines = lines.filter(e2e_id__in=sorted({one for ids in said for one in ids}))
    elif not is_absent:
        if instruction.state == InstructionState.ACCEPTED:
            return []
        lines = lines.filter(status=PaymentStatus.UNKNOWN)
    return list(lines.values_list("pk", flat=True))


def _fetch_word(instruction: Instruction, bank: BankGateway, at: datetime) -> None:
    """Ask for the bank's signed word that nothing more will be executed, and keep it."""
    try:
        word = bank.confirm_not_executed(instruction.msg_id)
    except GatewayError as problem:
        turns.note(instruction.pk, TurnKind.WORD, at, problem.text)
        return
    if word is None or word.msg_id != instruction.msg_id:
        return
    named = word.e2e_ids or tuple(instruction.lines.values_list("e2e_id", flat=True))
    kept = instruction.words.values_list("e2e_ids", flat=True)
    if any(set(named) <= set(ids) for ids in kept):
        return
    with transaction.atomic():
        BankWord.objects.create(
            instruction=instruction,
            e2e_ids=sorted(named),
            said_at=word.at,
            taken_at=at,
            raw=word.raw,
            signature=word.signature,
        )
        text = f"银行书面答复：{len(named)}户没有执行，以后也不会执行。"
        turns.note(instruction.pk, TurnKind.WORD, at, text)


def _are_days_closed(instruction: Instruction) -> bool:
    first, last = instruction.risk_from_date, instruction.risk_until_date
    if first is None or last is None:
        return False
    known = DayBalance.objects.filter(
        account_id=instruction.debit_account_id,
        balance_date__range=(first, last),
        statement_number__isnull=False,
    ).count()
    return known == len(rules.days_between(first, last))


def _send_again(instruction_id: int, watch: Watch, bank: BankGateway) -> None:
    """Send an unknown message once more, byte for byte, where the bank promises that it is safe.

    Only on the day it was written for: so the days at risk do not grow.
    """
    if not bank.capabilities().idempotent_replay:
        return
    try:
        with transaction.atomic():
            picked = _take_again(instruction_id, watch.now(), bank)
    except IntegrityError:
        return  # the account is busy with another message; the next question comes soon
    if picked is not None:
        sending.send(picked, watch)


def _take_again(instruction_id: int, at: datetime, bank: BankGateway) -> Picked | None:
    instruction = locking.lock_instruction(instruction_id, state=InstructionState.UNKNOWN)
    if instruction is None:
        return None
    is_same_day = clock.local_date(instruction.created_at) == clock.local_date(
        at + rules.SEND_REACH
    )
    if not is_same_day:
        return None
    connection = gateways.connection_of(instruction.debit_account)
    is_stopped = PaymentOrder.objects.filter(pk=instruction.order_id).exclude(stopped_reason="")
    body = bytes(instruction.body)
    if is_stopped.exists() or digest.sm3(body) != instruction.body_digest:
        return None
    if connection in channels.stopped_names():
        return None
    sending.begin(instruction, at)
    turns.note(instruction.pk, TurnKind.SENT_AGAIN, at)
    return Picked(instruction.pk, instruction.msg_id, body, bank, connection, is_resend=True)


def ask_now(*, case_number: str, by: Actor, at: datetime) -> int:
    """Let the worker ask the bank about an order's open messages in its next round; count them.

    Raises: NotFound for who may neither instruct nor release there.
    """
    order = PaymentOrder.objects.filter(case_number=case_number).first()
    if order is None:
        raise NotFound
    if not scope.can(by, "payments.instruct", order.division_code):
        scope.require(by, "payments.release", order.division_code)
    with transaction.atomic():
        waiting = order.instructions.filter(state__in=WAITING)
        locking.lock_messages((), beside=list(waiting.values_list("pk", flat=True)))
        count = waiting.update(next_at=at)
        audit.write(
            chain=order.organisation.ext_id,
            kind="payments.order.asked_about",
            by=by,
            at=at,
            subject=("payment_order", order.ext_id),
            after={"case_number": case_number, "messages": count},
        )
    return count
