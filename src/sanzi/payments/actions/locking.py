"""The one way to lock an order, and what an approval looks at: the digest of its rows.

Order of locks in this room: debit account, instruction, order, payments.
"""

from __future__ import annotations

import json
from datetime import datetime

from sanzi.audit import actions as audit
from sanzi.audit.queries import history
from sanzi.kernel.cipher import SealBroken
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments import hooks, rules
from sanzi.payments.errors import OrderStands, OrderStopped
from sanzi.payments.models import OrderState, Payment, PaymentOrder, PaymentStatus


def lock_order(case_number: str, *, by: Actor, permission: str = "payments.see") -> PaymentOrder:
    """Return the order of a case, locked, if the actor may do this there.

    Raises: NotFound, for absent and out of scope alike. Needs a transaction.
    """
    order = (
        PaymentOrder.objects.select_for_update(of=("self",))
        .select_related("organisation", "debit_account")
        .filter(case_number=case_number)
        .first()
    )
    if order is None:
        raise NotFound
    scope.require(by, permission, order.division_code)
    return order


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
