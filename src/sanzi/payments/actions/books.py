"""From money that moved to vouchers: the one place where this room speaks to the ledger.

The bank's word is kept even when the books refuse (no book yet, a subject that is not in the
standard): the refusal is logged and the worker tries again (`catch_up`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock
from sanzi.kernel.refusals import Refusal
from sanzi.ledger.actions import corrections, posting
from sanzi.ledger.errors import PeriodClosed
from sanzi.ledger.queries import charts
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.payments import rules
from sanzi.payments.actions import locking
from sanzi.payments.models import (
    Instruction,
    Payment,
    PaymentOrder,
    PaymentStatus,
    Receipt,
)

CATCH_UP_MAX = 50


def settled(
    order: PaymentOrder, instruction: Instruction, payments: Sequence[Payment], at: datetime
) -> None:
    """Book the payments that one answer settled: one voucher, one line for each payee.

    The voucher bears the day on which the bank booked the first of them.
    """
    first = payments[0]
    event = {**_event(order, payments), "account_id": _account_id(order)}
    source = ("payment", rules.e2e_id(first.ext_id, first.attempt_no))
    day = clock.local_date(first.paid_at or at)
    voucher = _post(order.organisation.ext_id, "payment.settled", event, source, day=day, at=at)
    if voucher is None:
        _say_unbooked(order, instruction.msg_id, at)
        return
    Payment.objects.filter(pk__in=[one.pk for one in payments]).update(voucher_ext_id=voucher)


def returned(order: PaymentOrder, payment: Payment, at: datetime) -> None:
    """Book one returned payment: the settlement again in red, under a number of its own."""
    event = {**_event(order, [payment]), "account_id": _account_id(order)}
    source = ("payment", f"{rules.e2e_id(payment.ext_id, payment.attempt_no)}-TH")
    day = clock.local_date(payment.returned_at or at)
    if _post(order.organisation.ext_id, "payment.returned", event, source, day=day, at=at) is None:
        _say_unbooked(order, payment.ext_id, at)


def received(receipt: Receipt, *, by: Actor, at: datetime) -> str:
    """Book an income receipt and return the voucher's ext id. Raises what the ledger raises.

    The voucher bears the day on which the bank had the money; a closed month gives way to the
    present one.
    """
    payer = receipt.payer_counterparty
    event: dict[str, Any] = {
        "purpose": f"{receipt.purpose}（收据{receipt.number}）",
        "subject_code": receipt.subject_code,
        "account_id": receipt.account.ext_id if receipt.account else "",
        "amount_fen": receipt.amount_fen,
        "ref": receipt.ext_id,
    }
    if payer is not None:
        event |= {"aux_kind": "counterparty", "aux_id": payer.ext_id}
    day = clock.local_date(receipt.banked_at or at)
    try:
        with transaction.atomic():
            return _post_receipt(receipt, event, day, by=by, at=at)
    except PeriodClosed:
        return _post_receipt(receipt, event, clock.local_date(at), by=by, at=at)


def _post_receipt(
    receipt: Receipt, event: dict[str, Any], day: date, *, by: Actor, at: datetime
) -> str:
    return posting.post_event(
        book_org_ext_id=receipt.organisation.ext_id,
        rule_code=_receipt_rule(receipt.organisation.ext_id, receipt.kind, day),
        event=event,
        source_kind="receipt",
        source_id=receipt.ext_id,
        date=day,
        at=at,
        by=by,
    ).ext_id


def _receipt_rule(org_ext_id: str, kind: str, on: date) -> str:
    """Return the entry template for a kind of income under the body's own standard on a day."""
    standard = charts.chart_of(posting.book_of(org_ext_id), on)
    entry = standard.rule_for("receipt.issued", kind)
    return entry.rule_code if entry else "receipt.issued"


def voided(receipt: Receipt, *, by: Actor, at: datetime) -> None:
    """Draw up the red voucher of a voided receipt; the ledger's reviewer posts it.

    A receipt of the history that has no voucher of ours needs none. Raises what the ledger raises.
    """
    if receipt.voucher_ext_id:
        corrections.draft_correction(
            voucher_ext_id=receipt.voucher_ext_id,
            lines=None,
            date=clock.local_date(at),
            by=by,
            at=at,
        )


def catch_up(at: datetime) -> int:
    """Book settled payments that the ledger refused at the time; return how many it took now."""
    waiting = (
        PaymentOrder.objects.filter(
            payments__status=PaymentStatus.SETTLED,
            payments__voucher_ext_id="",
            payments__attempts__status=PaymentStatus.SETTLED,
        )
        .distinct()
        .order_by("pk")[:CATCH_UP_MAX]
    )
    done = 0
    for order in waiting:
        with locking.going_on(f"the booking of {order.case_number}"):
            done += _catch_up_order(order.pk, at)
    return done


def _catch_up_order(order_id: int, at: datetime) -> int:
    with transaction.atomic():
        order = locking.lock_order_row(order_id)
        payments = list(
            order.payments.filter(
                status=PaymentStatus.SETTLED,
                voucher_ext_id="",
                attempts__status=PaymentStatus.SETTLED,
            )
            .distinct()
            .order_by("line_no")
        )
        instruction = order.instructions.order_by("-pk").first()
        if not payments or instruction is None:
            return 0
        settled(order, instruction, payments, at)
        return (
            order.payments.exclude(voucher_ext_id="")
            .filter(pk__in=[one.pk for one in payments])
            .count()
        )


def _event(order: PaymentOrder, payments: Sequence[Payment]) -> dict[str, Any]:
    loaded = Payment.objects.select_related(
        "payee_person", "payee_counterparty", "payee_organisation"
    ).in_bulk([one.pk for one in payments])
    return {
        "purpose": order.purpose,
        "subject_code": order.subject_code,
        "items": [
            {
                "amount_fen": one.amount_fen,
                "ref": one.ext_id,
                "summary": one.note or order.purpose,
                **_auxiliary(loaded[one.pk]),
            }
            for one in payments
        ],
    }


def _auxiliary(payment: Payment) -> dict[str, str]:
    if payment.payee_person is not None:
        return {"aux_kind": "person", "aux_id": payment.payee_person.ext_id}
    if payment.payee_counterparty is not None:
        return {"aux_kind": "counterparty", "aux_id": payment.payee_counterparty.ext_id}
    if payment.payee_organisation is not None:
        return {"aux_kind": "org", "aux_id": payment.payee_organisation.ext_id}
    return {}


def _account_id(order: PaymentOrder) -> str:
    return order.debit_account.ext_id if order.debit_account else ""


def _post(
    org_ext_id: str,
    rule_code: str,
    event: dict[str, Any],
    source: tuple[str, str],
    *,
    day: date,
    at: datetime,
) -> str | None:
    """Post an event; a closed month gives way to the present one; None when the books refuse."""
    for attempt in (day, clock.local_date(at)):
        try:
            with transaction.atomic():
                return posting.post_event(
                    book_org_ext_id=org_ext_id,
                    rule_code=rule_code,
                    event=event,
                    source_kind=source[0],
                    source_id=source[1],
                    date=attempt,
                    at=at,
                    by=SYSTEM,
                ).ext_id
        except PeriodClosed:
            continue
        except Refusal as refusal:
            _last_refusal[org_ext_id] = refusal.text
            return None
    return None


_last_refusal: dict[str, str] = {}


def _say_unbooked(order: PaymentOrder, what: str, at: datetime) -> None:
    org = order.organisation.ext_id
    audit.write(
        chain=org,
        kind="payments.booking.refused",
        by=SYSTEM,
        at=at,
        subject=("payment_order", order.ext_id),
        after={"what": what, "why": _last_refusal.pop(org, "本月和付款那个月都已经结账")},
    )
