"""The one door to locks of this room, and what an approval looks at: the digest of its rows.

The law. A transaction locks in this order, each kind at once and by primary key, and never goes
back: debit accounts; instructions; orders; what higher rooms hold of them (`hooks.on_lock`); bank
lines, bills, receipts, cards; this room's numbers; months of the books (who holds a month holds its
numbers); the heads of the log. Who takes several answers in one transaction takes all locks before
the first (`holding`): booking locks a head of the log, and after it no other row may be waited for.

Rows are locked FOR NO KEY UPDATE: a row that only points at them (a turn of the talk, a bank line)
is written without waiting. A deadlock that happens all the same, with rows of another room, breaks
one of the two transactions, whole; `is_passing` tells such an error, which goes away by itself.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import (
    Error,
    InterfaceError,
    InternalError,
    OperationalError,
    connection,
    transaction,
)
from django.db.models import Q, QuerySet

from sanzi.audit import actions as audit
from sanzi.audit.queries import history
from sanzi.kernel.cipher import SealBroken
from sanzi.kernel.refusals import Refusal
from sanzi.ledger.actions import posting
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments import hooks, rules
from sanzi.payments.errors import BusyNow, OrderStands, OrderStopped
from sanzi.payments.models import (
    BankAccount,
    Instruction,
    InstructionLine,
    OrderState,
    Payment,
    PaymentOrder,
    PaymentStatus,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Message:
    """A message with its order, both locked, and its lines in the order of the file."""

    instruction: Instruction
    order: PaymentOrder
    lines: list[InstructionLine]


def accounts(*where: Q, **equal: Any) -> QuerySet[BankAccount]:
    """Return accounts that are locked when they are read, their bodies with them, by key."""
    rows = BankAccount.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("organisation").filter(*where, **equal).order_by("pk")


def lock_account(account_id: int) -> BankAccount:
    """Lock an account: its statements, matches and reconciliations wait for one another."""
    return accounts().get(pk=account_id)


def lock_instruction(
    instruction_id: int, *where: Q, skip_locked: bool = False, **equal: Any
) -> Instruction | None:
    """Lock a message alone, with its bytes and account, if it is still as wanted.

    For those who write nothing of its order, or lock that next. With `skip_locked` a message in
    another's hands is None.
    """
    rows = Instruction.objects.select_for_update(
        of=("self",), no_key=True, skip_locked=skip_locked
    ).select_related("debit_account")
    return rows.filter(*where, pk=instruction_id, **equal).first()


def lock_messages(keys: Collection[int], beside: Collection[int] = ()) -> dict[int, Message]:
    """Lock messages and their orders, all that a transaction writes, and read their lines.

    `beside` are messages of which only the row itself is written: they are locked, not returned.
    """
    locked = {
        one.pk: one
        for one in Instruction.objects.select_for_update(of=("self",), no_key=True)
        .defer("body")
        .filter(pk__in={*keys, *beside})
        .order_by("pk")
    }
    wanted = [locked[key] for key in sorted(set(keys))]
    orders = {one.pk: one for one in _orders(pk__in={one.order_id for one in wanted})}
    if orders:
        hooks.on_lock.tell(hooks.Locked(tuple(one.case_number for one in orders.values())))
    lines: dict[int, list[InstructionLine]] = {one.pk: [] for one in wanted}
    rows = InstructionLine.objects.filter(instruction__in=list(lines)).select_related("payment")
    for line in rows.order_by("instruction_id", "instr_id"):
        lines[line.instruction_id].append(line)
    return {one.pk: Message(one, orders[one.order_id], lines[one.pk]) for one in wanted}


def lock_message(instruction_id: int) -> Message:
    """Lock one message and its order, and read its lines."""
    return lock_messages([instruction_id])[instruction_id]


def _orders(**equal: Any) -> QuerySet[PaymentOrder]:
    return (
        PaymentOrder.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "debit_account")
        .filter(**equal)
        .order_by("pk")
    )


def lock_order_row(order_id: int) -> PaymentOrder:
    """Lock an order by its key, after its messages."""
    return _orders(pk=order_id).get()


def lock_order_of(case_number: str) -> PaymentOrder | None:
    """Lock the order of a case; None when there is none yet. The caller has looked at the scope."""
    return _orders(case_number=case_number).first()


def lock_order(case_number: str, *, by: Actor, permission: str = "payments.see") -> PaymentOrder:
    """Return the order of a case, locked, if the actor may do this there.

    Raises: NotFound, for absent and out of scope alike. Needs a transaction.
    """
    order = lock_order_of(case_number)
    if order is None:
        raise NotFound
    scope.require(by, permission, order.division_code)
    return order


def lock_months(org_ext_id: str, days: Iterable[date], today: date) -> None:
    """Lock the months of a book in which these days are booked, for who posts more than once.

    A closed month gives way to today's when it is posted, so that one is locked as well. A body
    without a book has none.
    """
    try:
        book = posting.book_of(org_ext_id)
        months = {f"{day:%Y-%m}" for day in days}
        known = sorted(one for one in months if one >= book.first_period)
        if any(posting.lock_periods(book, known).values()) and f"{today:%Y-%m}" not in months:
            posting.lock_periods(book, [f"{today:%Y-%m}"])
    except Refusal:
        return  # said again, and dealt with, when it comes to the posting


CROSSED = frozenset({"40P01", "40001", "55P03"})
"""PostgreSQL: deadlock, serialization failure, lock not available."""
AWAY = ("08", "53", "57", "58")
"""PostgreSQL: connection trouble; no room; a server that is shut down or starts; its machine."""


def is_crossed(problem: Error) -> bool:
    """Tell whether another transaction was in the way: this one was undone whole, try again."""
    if not isinstance(problem, OperationalError):
        return False
    return _state_of(problem) in CROSSED or "database is locked" in str(problem)


def is_passing(problem: Error) -> bool:
    """Tell whether an error goes away by itself: crossed, or the database is away for a moment.

    What PostgreSQL itself says has a state. Without one the driver says that it has lost the
    server, in many words or few ("got no result from the query", an InternalError).
    """
    is_of_driver = hasattr(problem.__cause__, "sqlstate") and not _state_of(problem)
    return (
        is_crossed(problem)
        or isinstance(problem, InterfaceError)
        or _state_of(problem).startswith(AWAY)
        or (is_of_driver and isinstance(problem, OperationalError | InternalError))
    )


@contextmanager
def atomic_or_busy() -> Iterator[None]:
    """Do something in one transaction, whole or, when its connection ends meanwhile, later.

    Whatever the error then says, it is no fault of what was done. Asked before the transaction
    is left: that opens a new connection.
    Raises: BusyNow, and what is raised inside while the connection lives.
    """
    with transaction.atomic():
        try:
            yield
        except Exception as problem:
            if not _is_gone():
                raise
            logger.warning("the connection to the database ended: %r", problem)
            raise BusyNow from problem


def _is_gone() -> bool:
    """Tell whether this thread's connection to the database has ended.

    A server that has said its last words may hold the line a moment longer: only who asks it
    something is told.
    """
    held = connection.connection
    if getattr(held, "pgconn", None) is None:  # SQLite is in this very process
        return held is None
    with suppress(Exception):  # in a failed transaction a living server refuses this too
        held.execute("SELECT 1")
    return bool(held.closed)


def _state_of(problem: Error) -> str:
    return str(getattr(problem.__cause__, "sqlstate", None) or "")


@contextmanager
def going_on(what: str) -> Iterator[None]:
    """Let a worker's round go on when one piece of it was crossed; the next round takes it up."""
    try:
        yield
    except OperationalError as problem:
        if not is_crossed(problem):
            raise
        logger.warning("%s waits for the next round: %s", what, problem)


def require_state(order: PaymentOrder, verb: str, *allowed: str) -> None:
    """Refuse unless the order is in one of these states and has not been stopped.

    Raises: OrderStopped, OrderStands.
    """
    if order.stopped_reason:
        raise OrderStopped(why=order.stopped_reason)
    if order.state not in allowed:
        raise OrderStands(now=OrderState(order.state).label, verb=verb)


def lines_of(order: PaymentOrder) -> list[Payment]:
    """Return the payments of an order in line order, those given up before any attempt left out.

    A line that was cancelled at the bank stays in: it was approved, and the digest covers it.
    """
    found = order.payments.exclude(status=PaymentStatus.CANCELLED, attempt_no=0)
    return list(found.order_by("line_no"))


def digest_of(order: PaymentOrder, lines: list[Payment]) -> str:
    """Return the digest over what the rows say now.

    Account numbers are opened from their seals, not taken from the index column: somebody who
    changes one of the two by SQL changes the digest or is caught by the seal.
    Raises: kernel.cipher.SealBroken.
    """
    debit = order.debit_account
    debit_number = secrets.reveal("account", debit.sealed_number) if debit else ""
    return rules.order_digest(
        order.organisation.ext_id,
        secrets.index("account", debit_number),
        [
            rules.DigestLine(
                payee_name=one.payee_name,
                account_index=secrets.index(
                    "account", secrets.reveal("account", one.sealed_account)
                ),
                bank_code=one.bank_code,
                amount_fen=one.amount_fen,
            )
            for one in lines
        ],
    )


def digest_in_log(order: PaymentOrder) -> str:
    """Return the digest that the last approval wrote into the log, empty when there is none."""
    told = [
        json.loads(event.change)["after"]["digest"]
        for event in history("payment_order", order.ext_id)
        if event.kind == "payments.order.approved"
    ]
    return str(told[-1]) if told else ""


def difference(order: PaymentOrder, lines: list[Payment]) -> str:
    """Return what differs from the approval, in a sentence; empty when nothing does.

    The rows and the seals are digested again, and the stored digest is held against the one in
    the audit log, so that changing rows and digest together does not help.
    """
    try:
        found = digest_of(order, lines)
    except SealBroken:
        return "账号被改过，打不开了"
    if not order.approved_digest or found != order.approved_digest:
        return "收款人、账号或金额和批准时不一样"
    if digest_in_log(order) != order.approved_digest:
        return "批准时留下的摘要被改过"
    return ""


def stop(order: PaymentOrder, *, step: str, what: str, by: Actor = SYSTEM, at: datetime) -> None:
    """Stop an order for good: nothing of it is sent any more, and those who registered hear it.

    Must run in a transaction that is committed, not in one that a refusal rolls back.
    """
    order.stopped_reason = what[:60]
    order.save(update_fields=["stopped_reason"])
    audit.write(
        chain=order.organisation.ext_id,
        kind="payments.order.stopped",
        by=by,
        at=at,
        subject=("payment_order", order.ext_id),
        after={"step": step, "what": what, "approved_digest": order.approved_digest},
    )
    hooks.on_tampering.tell(
        hooks.Tampering(
            case_number=order.case_number,
            order_ext_id=order.ext_id,
            division_code=order.division_code,
            org_ext_id=order.organisation.ext_id,
            step=step,
            what=what,
            at=at,
        )
    )
