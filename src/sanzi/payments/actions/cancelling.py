"""Taking payments back: those not yet sent at once, those at the bank by asking it.

What the bank signs that it took out ends as CANCELLED; everything else goes on as before.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.bank.errors import GatewayError
from sanzi.bank.port import BankGateway, CancelResult
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments import rules
from sanzi.payments.actions import anew, answers, gateways, locking, numbers, turns
from sanzi.payments.actions.answers import CALLED_BACK, CALLED_BACK_TEXT, Outcome
from sanzi.payments.actions.locking import Message
from sanzi.payments.actions.release import message_key
from sanzi.payments.actions.sending import Watch
from sanzi.payments.errors import BankTakesNothingBack, NothingToCallBack
from sanzi.payments.models import (
    CancelWish,
    InstructionLine,
    InstructionState,
    PaymentOrder,
    PaymentStatus,
    TurnKind,
)

logger = logging.getLogger(__name__)

ROUND_MAX = 20
ASKED_MAX = 40
"""After so many questions without a decision (most of a day) the wish is given up."""
AT_THE_BANK = (PaymentStatus.UNKNOWN, PaymentStatus.ACCEPTED)
WITHDRAWN_TEXT = "送银行以前撤回了，没有付"


@dataclass(frozen=True)
class CalledBack:
    """What came of the wish: lines that never left, and lines that the bank is asked about."""

    withdrawn: int
    asked: int


@transaction.atomic
def call_back(
    *,
    case_number: str,
    by: Actor,
    at: datetime,
    line_nos: Collection[int] = (),
    gateway: BankGateway | None = None,
) -> CalledBack:
    """Take back lines of a released order; none named means all that can be.

    Raises: NotFound, NothingToCallBack, BankTakesNothingBack when only lines at a bank that does
        not cancel are left.
    """
    order = _find(case_number, by)
    messages = _locked(order, at)
    withdrawn = asked = 0
    is_refused = False
    for message in messages:
        wanted = [one for one in message.lines if not line_nos or one.payment.line_no in line_nos]
        bank = gateway or gateways.of(message.instruction.debit_account)
        if message.instruction.state == InstructionState.READY:
            withdrawn += _withdraw(message, wanted, bank, at)
            continue
        at_bank = [one for one in wanted if one.status in AT_THE_BANK]
        if at_bank and not bank.capabilities().can_cancel:
            is_refused = True
            continue
        asked += _wish(message, at_bank, by, at)
    if not withdrawn and not asked:
        if is_refused:
            raise BankTakesNothingBack
        raise NothingToCallBack(why="选的这几户正在送银行，或者已经有了结果")
    _audit(order, by, at, withdrawn=withdrawn, asked=asked, line_nos=line_nos)
    return CalledBack(withdrawn, asked)


def _find(case_number: str, by: Actor) -> PaymentOrder:
    rows = PaymentOrder.objects.select_related("organisation").filter(case_number=case_number)
    order = rows.first()
    if order is None:
        raise NotFound
    if not scope.can(by, "payments.instruct", order.division_code):
        scope.require(by, "payments.release", order.division_code)
    return order


def _locked(order: PaymentOrder, at: datetime) -> list[Message]:
    """Lock the messages of an order that have not ended, and the numbers of new ones."""
    ended = (InstructionState.FINAL, InstructionState.REFUSED)
    found = order.instructions.exclude(state__in=ended).values_list("pk", flat=True)
    messages = locking.lock_messages(list(found)).values()
    left = [one for one in messages if one.instruction.state not in ended]
    if any(one.instruction.state == InstructionState.READY for one in left):
        numbers.hold(message_key(order, at))
    return left


def _withdraw(
    message: Message, wanted: list[InstructionLine], bank: BankGateway, at: datetime
) -> int:
    """Give up lines of a message that never left; the others of it get a message of their own."""
    if not wanted:
        return 0
    instruction = message.instruction
    chosen = {one.pk for one in wanted}
    rest = [one.payment for one in message.lines if one.pk not in chosen]
    outcome = Outcome(rules.Event.WITHDRAW, CALLED_BACK, WITHDRAWN_TEXT)
    count = answers.apply(message, dict.fromkeys(chosen, outcome), at)
    InstructionLine.objects.filter(instruction=instruction).update(status=PaymentStatus.CANCELLED)
    instruction.state = InstructionState.REFUSED
    instruction.last_error = WITHDRAWN_TEXT
    instruction.save(update_fields=["state", "last_error"])
    turns.note(instruction.pk, TurnKind.CANCEL, at, f"{count}户{WITHDRAWN_TEXT}。")
    if rest:
        anew.bring(message.order, rest, bank, at=at, next_at=at, size_max=0, old=instruction)
    return count


def _wish(message: Message, lines: list[InstructionLine], by: Actor, at: datetime) -> int:
    """Write down that the bank shall be asked to take these lines out."""
    instruction = message.instruction
    waiting = instruction.wishes.filter(answered_at__isnull=True).values_list("e2e_ids", flat=True)
    known = {e2e_id for wished in waiting for e2e_id in wished}
    fresh = [one.e2e_id for one in lines if one.e2e_id not in known]
    if fresh:
        CancelWish.objects.create(
            instruction=instruction,
            e2e_ids=fresh,
            wished_by_id=by.user_id,
            wished_at=at,
            next_at=at,
        )
    return len(lines)


def work(watch: Watch, given: BankGateway | None = None) -> int:
    """Ask the banks to take out what officers wish; return how many wishes were put to them."""
    at = watch.now()
    waiting = (
        CancelWish.objects.filter(answered_at__isnull=True, next_at__lte=at)
        .select_related("instruction__debit_account")
        .defer("instruction__body")
        .order_by("next_at", "pk")[:ROUND_MAX]
    )
    done = 0
    for wish in waiting:
        taken = CancelWish.objects.filter(pk=wish.pk, next_at=wish.next_at).update(
            next_at=at + rules.poll_after(wish.asked_count), asked_count=wish.asked_count + 1
        )
        if taken:
            try:
                _put(wish, watch, given)
            except Exception:  # one wish must not hold up the others; it is put again
                logger.exception("the wish to cancel %s was not put", wish.instruction.msg_id)
            done += 1
    return done


def _put(wish: CancelWish, watch: Watch, given: BankGateway | None) -> None:
    instruction = wish.instruction
    open_ids = list(
        instruction.lines.filter(
            e2e_id__in=wish.e2e_ids, status__in=[*AT_THE_BANK, PaymentStatus.SUBMITTING]
        ).values_list("e2e_id", flat=True)
    )
    if not open_ids or wish.asked_count >= ASKED_MAX:
        _close(wish, watch.now(), "银行没有再答，按它的结果办")
        return
    try:
        bank = given or gateways.of(instruction.debit_account)
        result = bank.cancel(instruction.msg_id, tuple(open_ids))
    except GatewayError as problem:
        turns.note(instruction.pk, TurnKind.CANCEL, watch.now(), problem.text)
        return
    _take(wish, result, watch.now())


@transaction.atomic
def _take(wish: CancelWish, result: CancelResult, at: datetime) -> None:
    """Take the bank's decision: lines that it took out end, the others go on."""
    message = locking.lock_message(wish.instruction_id)
    if result.msg_id != message.instruction.msg_id:
        return
    cancelled = set(result.cancelled) & set(wish.e2e_ids)
    outcome = Outcome(rules.Event.CALLED_BACK, CALLED_BACK, CALLED_BACK_TEXT)
    count = answers.apply(
        message, {one.pk: outcome for one in message.lines if one.e2e_id in cancelled}, at
    )
    refused = len(set(result.refused) & set(wish.e2e_ids))
    text = f"银行撤回{count}户，{refused}户撤不回{'：' + result.reason_text if refused else ''}。"
    turns.note(wish.instruction_id, TurnKind.CANCEL, at, text)
    if set(wish.e2e_ids) <= {*result.cancelled, *result.refused}:
        _close(wish, at, text)


def _close(wish: CancelWish, at: datetime, answer: str) -> None:
    CancelWish.objects.filter(pk=wish.pk).update(answered_at=at, answer=answer[:200])


def _audit(
    order: PaymentOrder,
    by: Actor,
    at: datetime,
    *,
    withdrawn: int,
    asked: int,
    line_nos: Collection[int],
) -> None:
    audit.write(
        chain=order.organisation.ext_id,
        kind="payments.order.called_back",
        by=by,
        at=at,
        subject=("payment_order", order.ext_id),
        after={
            "case_number": order.case_number,
            "withdrawn": withdrawn,
            "asked": asked,
            "lines": sorted(line_nos),
        },
    )
