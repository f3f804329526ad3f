"""The talk with the bank about an order, in words: hands, messages, questions, answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sanzi.audit.queries import history
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.payments.models import InstructionState, Payment, PaymentStatus, Turn, TurnKind
from sanzi.payments.queries.payments import access_order

HANDS: Final = {
    "payments.order.submitted": "提交审批",
    "payments.order.approved": "批完了",
    "payments.order.instructed": "制单",
    "payments.order.released": "复核付款，写好了送银行的报文",
    "payments.order.called_back": "请求撤回",
    "payments.order.line_reopened": "改了一户的账户，重新走审批",
    "payments.order.stopped": "系统停下了这张付款单",
    "payments.order.taken_back": "退回修改",
    "payments.order.cancelled": "作废",
    "payments.message.silent": "银行没有回话，已告诉代理中心",
    "payments.message.garbled": "银行的回话验不过，已告诉代理中心",
}
WRONG = frozenset({TurnKind.NO_ANSWER, TurnKind.REFUSED, TurnKind.NOT_SENT})
ENDED = ("SETTLED", "REJECTED", "NOT_EXECUTED", "RETURNED", "CANCELLED")
SHOWN_MAX = 200


@dataclass(frozen=True)
class Said:
    """One thing that happened. `msg_id` is empty for what concerns the whole order."""

    at: datetime
    title: str
    text: str
    msg_id: str
    is_wrong: bool


@dataclass(frozen=True)
class Progress:
    """How far an order is: payees with an end, all payees, and messages still at the bank."""

    ended: int
    total: int
    settled: int
    open_messages: int


def timeline(*, by: Actor, case_number: str, limit: int = SHOWN_MAX) -> list[Said]:
    """Return what happened with an order and its messages, the newest first. Raises NotFound."""
    order = access_order(by=by, case_number=case_number)
    turns = (
        Turn.objects.filter(instruction__order=order)
        .select_related("instruction")
        .only("kind", "at", "text", "instruction__msg_id")
        .order_by("-at", "-pk")[:limit]
    )
    said = [
        Said(
            one.at,
            str(TurnKind(one.kind).label),
            one.text,
            one.instruction.msg_id,
            one.kind in WRONG,
        )
        for one in turns
    ]
    for event in history("payment_order", order.ext_id):
        if event.kind in HANDS:
            is_wrong = event.kind in ("payments.order.stopped", "payments.message.garbled")
            said.append(Said(event.at, HANDS[event.kind], event.actor_name, "", is_wrong))
    return sorted(said, key=lambda one: one.at, reverse=True)[:limit]


def progress(*, by: Actor, case_number: str) -> Progress:
    """Return how far an order is, counted in the database. Raises NotFound."""
    order = access_order(by=by, case_number=case_number)
    rows = Payment.objects.filter(order=order).exclude(status=PaymentStatus.CANCELLED, attempt_no=0)
    done = (InstructionState.FINAL, InstructionState.REFUSED)
    return Progress(
        ended=rows.filter(status__in=ENDED).count(),
        total=rows.count(),
        settled=rows.filter(status=PaymentStatus.SETTLED).count(),
        open_messages=order.instructions.exclude(state__in=done).count(),
    )


@dataclass(frozen=True)
class Doing:
    """What the actor may do with an order that is on its way."""

    may_call_back: bool
    may_ask: bool


def doing(*, by: Actor, case_number: str) -> Doing:
    """Return what the actor may do now. Raises NotFound."""
    order = access_order(by=by, case_number=case_number)
    is_cashier = any(
        scope.can(by, permission, order.division_code)
        for permission in ("payments.instruct", "payments.release")
    )
    done = (InstructionState.FINAL, InstructionState.REFUSED)
    states = set(order.instructions.exclude(state__in=done).values_list("state", flat=True))
    waiting = {InstructionState.UNKNOWN, InstructionState.ACCEPTED}
    return Doing(
        may_call_back=is_cashier and bool(states & {InstructionState.READY, *waiting}),
        may_ask=is_cashier and bool(states & waiting),
    )
