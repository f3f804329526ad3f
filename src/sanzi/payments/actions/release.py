"""Two hands on the money: the maker's instruction and the checker's release.

Release writes the messages to the bank, bytes and digest, in the transaction that changes the
order; sending them is the worker's (`dispatch`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from sanzi.audit import actions as audit
from sanzi.bank.port import BankGateway, BatchLine, PaymentBatch
from sanzi.kernel import clock, money
from sanzi.kernel import digest as digests
from sanzi.orgs import secrets
from sanzi.orgs.actors import Actor
from sanzi.payments import hooks, rules
from sanzi.payments.actions import gateways
from sanzi.payments.actions.locking import (
    difference,
    lines_of,
    lock_order,
    require_state,
    stop,
)
from sanzi.payments.actions.numbers import next_number
from sanzi.payments.errors import (
    AboveBankLimit,
    OrderIncomplete,
    OrderTampered,
    PayeesNotChecked,
    SameHand,
)
from sanzi.payments.models import (
    Instruction,
    InstructionLine,
    OrderState,
    Payment,
    PaymentOrder,
    PaymentStatus,
)

CATEGORIES = {"pay": "SALA", "labour": "SALA", "procurement": "SUPP", "works": "SUPP"}
PURPOSE_LENGTH = 20
"""What every Chinese bank prints of the purpose."""


@dataclass(frozen=True)
class Released:
    """The messages an order became."""

    case_number: str
    msg_ids: tuple[str, ...]
    line_count: int
    amount_fen: int


def instruct(*, case_number: str, by: Actor, at: datetime) -> None:
    """Make the bank instruction of an approved order (the maker's hand).

    Raises: NotFound, SecondFactorNeeded, OrderStands, PayeesNotChecked; OrderTampered when the
        rows are not what was approved: the order is then stopped, and that is kept.
    """
    by.require_second_factor(at)
    with transaction.atomic():
        order = lock_order(case_number, by=by, permission="payments.instruct")
        require_state(order, "做付款指令", OrderState.APPROVED)
        lines = lines_of(order)
        wrong = difference(order, lines)
        if wrong:
            stop(order, step="instruct", what=wrong, by=by, at=at)
        else:
            _require_checked(lines)
            order.state = OrderState.INSTRUCTED
            order.made_by_id = by.user_id
            order.save(update_fields=["state", "made_by_id"])
            _audit(order, "instructed", by, at, {"digest": order.approved_digest})
    if wrong:
        raise OrderTampered


def release(
    *, case_number: str, by: Actor, at: datetime, gateway: BankGateway | None = None
) -> Released:
    """Hand an instructed order to the worker for the bank (the checker's hand).

    The release gate runs first; a refusal there stops everything. The messages are written in
    the same transaction as the state, one for each `lines_max` lines of the bank.
    Raises: NotFound, SecondFactorNeeded, OrderStands, SameHand, what the gate raises,
        BatchNotValid, OrderTampered (the order is then stopped, and that is kept).
    """
    by.require_second_factor(at)
    with transaction.atomic():
        order = lock_order(case_number, by=by, permission="payments.release")
        require_state(order, "付款", OrderState.INSTRUCTED)
        if by.user_id is None or by.user_id == order.made_by_id:
            raise SameHand
        lines = lines_of(order)
        wrong = difference(order, lines)
        released = None
        if wrong:
            stop(order, step="release", what=wrong, by=by, at=at)
        else:
            hooks.on_release_gate.tell(hooks.ReleaseRequest(case_number, order.ext_id, by, at))
            released = _release(order, lines, by, at, gateway)
    if released is None:
        raise OrderTampered
    return released


def _require_within_limit(lines: Sequence[Payment], gateway: BankGateway) -> None:
    """Refuse a payee above what the bank takes in one payment: he must be paid in parts."""
    limit_fen = gateway.capabilities().amount_max_fen
    for one in lines:
        if limit_fen and one.amount_fen > limit_fen:
            raise AboveBankLimit(line_no=one.line_no, limit=money.format_yuan(limit_fen))


def _require_checked(lines: list[Payment]) -> None:
    unchecked = [
        one for one in lines if one.status == PaymentStatus.APPROVED and not one.payee_check
    ]
    if unchecked:
        raise PayeesNotChecked(count=len(unchecked))


def _release(
    order: PaymentOrder, lines: list[Payment], by: Actor, at: datetime, given: BankGateway | None
) -> Released:
    ready = [one for one in lines if one.status == PaymentStatus.APPROVED]
    if not ready or order.debit_account is None:
        raise OrderIncomplete(what="要付的收款人")
    gateway = given or gateways.of(order.debit_account)
    _require_within_limit(ready, gateway)
    written = []
    for start, end in rules.chunks(len(ready), gateway.capabilities().lines_max):
        written.append(write_message(order, ready[start:end], at, gateway))
    order.state = OrderState.RELEASED
    order.released_by_id = by.user_id
    order.released_at = at
    order.save(update_fields=["state", "released_by_id", "released_at"])
    amount_fen = sum(one.amount_fen for one in ready)
    msg_ids = [one.msg_id for one in written]
    digest_by_message = {one.msg_id: one.body_digest for one in written}
    after = {"messages": digest_by_message, "lines": len(ready), "amount_fen": amount_fen}
    _audit(order, "released", by, at, after)
    return Released(order.case_number, tuple(msg_ids), len(ready), amount_fen)


def write_message(
    order: PaymentOrder,
    payments: Sequence[Payment],
    at: datetime,
    gateway: BankGateway,
    *,
    replaces: Instruction | None = None,
) -> Instruction:
    """Store one message: number, bytes, digest, and a line for each payment.

    `at` dates the message and is when it may leave first. Needs the lock of the order.
    """
    if order.debit_account is None:
        raise OrderIncomplete(what="付款账户")
    msg_id = rules.msg_id(_prefix(order, at), next_number(message_key(order, at)))
    for one in payments:
        one.attempt_no += 1
    Payment.objects.filter(pk__in=[one.pk for one in payments]).update(
        attempt_no=F("attempt_no") + 1
    )
    body = gateway.build_batch(batch_of(order, msg_id, payments, at))
    instruction = Instruction.objects.create(
        msg_id=msg_id,
        order=order,
        debit_account=order.debit_account,
        body=body,
        body_digest=digests.sm3(body),
        line_count=len(payments),
        amount_fen=sum(one.amount_fen for one in payments),
        created_at=at,
        next_at=at,
        replaces=replaces,
    )
    InstructionLine.objects.bulk_create(
        [
            InstructionLine(
                instruction=instruction,
                payment=one,
                instr_id=rules.instr_id(msg_id, place),
                e2e_id=rules.e2e_id(one.ext_id, one.attempt_no),
                amount_fen=one.amount_fen,
                status=PaymentStatus.APPROVED,
            )
            for place, one in enumerate(payments, start=1)
        ],
        batch_size=200,
    )
    return instruction


def message_key(order: PaymentOrder, at: datetime) -> str:
    """Return the key under which messages of an order's body are numbered on a day."""
    return f"message:{_prefix(order, at)}"


def _prefix(order: PaymentOrder, at: datetime) -> str:
    return rules.message_prefix(order.organisation.ext_id, clock.local_date(at))


def batch_of(
    order: PaymentOrder, msg_id: str, payments: Sequence[Payment], at: datetime
) -> PaymentBatch:
    """Return the message that the rows make. The same rows, number and time make the same bytes.

    `payments` are in the order of the message's lines.
    """
    debit = order.debit_account
    if debit is None:
        raise OrderIncomplete(what="付款账户")
    return PaymentBatch(
        msg_id=msg_id,
        org_name=order.organisation.name,
        org_uscc=order.organisation.uscc or rules.organisation_part(order.organisation.ext_id),
        debit_account=secrets.reveal("account", debit.sealed_number),
        debit_name=debit.holder_name,
        debit_bank_code=debit.bank_code,
        created_at=at,
        category=CATEGORIES.get(order.source_kind, ""),
        lines=tuple(
            BatchLine(
                instr_id=rules.instr_id(msg_id, place),
                e2e_id=rules.e2e_id(one.ext_id, one.attempt_no),
                payee_name=one.payee_name,
                payee_account=secrets.reveal("account", one.sealed_account),
                payee_bank_code=one.bank_code,
                amount_fen=one.amount_fen,
                purpose=(one.note or order.purpose)[:PURPOSE_LENGTH],
            )
            for place, one in enumerate(payments, start=1)
        ),
    )


def _audit(
    order: PaymentOrder, what: str, by: Actor, at: datetime, after: dict[str, object]
) -> None:
    audit.write(
        chain=order.organisation.ext_id,
        kind=f"payments.order.{what}",
        by=by,
        at=at,
        subject=("payment_order", order.ext_id),
        after={"case_number": order.case_number, "state": order.state, **after},
    )
