"""What became of payees who were not paid: why, what comes next, and what the officer may do.

Groups by what happens now: some can go on after a correction, some wait, some need a question,
some are over. The words are data: src/sanzi/data/bank/reasons.yaml.
"""

from __future__ import annotations

from dataclasses import dataclass

from sanzi.bank import reasons
from sanzi.bank.reasons import Reason, Retry
from sanzi.orgs.actors import Actor
from sanzi.payments.models import OrderState, PaymentStatus
from sanzi.payments.queries.payments import access_order

CORRECT, WAIT, ASK, OVER = "correct", "wait", "ask", "over"
TITLES = {
    CORRECT: "改好账户、批过就能接着付",
    WAIT: "先等一等，现在不用重做",
    ASK: "要先问清楚",
    OVER: "不再付了",
}
GROUP_OF = {
    Retry.AFTER_CORRECTION: CORRECT,
    Retry.AFTER_FUNDING: CORRECT,
    Retry.SPLIT: CORRECT,
    Retry.HOLD: WAIT,
    Retry.NEXT_WINDOW: WAIT,
    Retry.REDATE: WAIT,
    Retry.QUERY: WAIT,
    Retry.FIX_SAME_ID: ASK,
    Retry.HUMAN: ASK,
    Retry.STOP_CHANNEL: ASK,
}
SHOWN_MAX = 200
"""Payees shown in the groups; the list below has them all."""
FAILED = (
    PaymentStatus.REJECTED,
    PaymentStatus.NOT_EXECUTED,
    PaymentStatus.RETURNED,
    PaymentStatus.CANCELLED,
)
NOT_EXECUTED = ("银行没有执行，对账单里也没有。", "核一遍账户，这一户重新审批后再付。")
CALLED_BACK = ("按村里的申请撤回了，没有付。", "要付，请改好账户，这一户重新审批。")


@dataclass(frozen=True)
class FailedLine:
    """One payee who was not paid. `sentence` is ours, `bank_said` the bank's own wording."""

    line_no: int
    payee_name: str
    amount_fen: int
    sentence: str
    next_step: str
    bank_said: str


@dataclass(frozen=True)
class FailedGroup:
    """Payees with the same next thing: `key` is correct, wait, ask or over. Units: fen."""

    key: str
    title: str
    count: int
    amount_fen: int
    lines: tuple[FailedLine, ...]


def failed_groups(*, by: Actor, case_number: str) -> tuple[FailedGroup, ...]:
    """Return the payees of an order who were not paid, in groups. Raises NotFound."""
    order = access_order(by=by, case_number=case_number)
    if order.state == OrderState.DRAFT:
        return ()
    rows = order.payments.filter(status__in=FAILED).order_by("line_no")
    told: dict[str, list[FailedLine]] = {key: [] for key in TITLES}
    for one in rows:
        is_over = one.status == PaymentStatus.CANCELLED and not one.attempt_no
        reason = _by_class().get(one.reason_class)
        sentence, next_step = _words(one.status, reason)
        group = OVER if is_over else _group(reason)
        told[group].append(
            FailedLine(
                one.line_no,
                one.payee_name,
                one.amount_fen,
                sentence,
                "这一户已经作废，不用做什么。" if is_over else next_step,
                one.reason_text if one.reason_text != sentence else "",
            )
        )
    return tuple(
        FailedGroup(
            key, title, len(found), sum(one.amount_fen for one in found), tuple(found[:SHOWN_MAX])
        )
        for key, title in TITLES.items()
        if (found := told[key])
    )


def _by_class() -> dict[str, Reason]:
    return {one.reason_class: one for one in reasons.all_reasons().values()}


def _words(status: str, reason: Reason | None) -> tuple[str, str]:
    if reason is not None:
        return reason.sentence, reason.next_step
    return CALLED_BACK if status == PaymentStatus.CANCELLED else NOT_EXECUTED


def _group(reason: Reason | None) -> str:
    """A line without a bank's reason was not executed or called back: it can go round again."""
    return CORRECT if reason is None else GROUP_OF[reason.retry]
