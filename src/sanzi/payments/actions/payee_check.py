"""Asking the bank whether names and accounts belong together, before anybody approves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.bank.errors import GatewayError
from sanzi.bank.port import BankGateway, PayeeCheck, PayeeCheckResult, PayeeVerdict
from sanzi.orgs import secrets
from sanzi.orgs.actors import Actor
from sanzi.payments.actions import gateways
from sanzi.payments.actions.locking import lines_of, lock_order, require_state
from sanzi.payments.errors import BankUnavailable, OrderIncomplete
from sanzi.payments.models import OrderState, Payment, PaymentStatus

OPEN = (PaymentStatus.DRAFT, PaymentStatus.SUBMITTED, PaymentStatus.APPROVED)
REASONS = {
    "PI01": "ID_MISMATCH",
    "AC01": "NOT_FOUND",
    "AC03": "NOT_FOUND",
    "AC04": "CLOSED",
    "AC06": "CLOSED",
    "AC07": "CLOSED",
    "AG01": "CLOSED",
}


@dataclass(frozen=True)
class CheckedLine:
    """One payee as the bank sees him; `bank_name` is masked by the bank, often empty."""

    line_no: int
    verdict: str
    bank_name: str


def check_payees(
    *, case_number: str, by: Actor, at: datetime, gateway: BankGateway | None = None
) -> list[CheckedLine]:
    """Ask the bank about every open line of an order and keep what it says.

    Verdicts: MATCH, CLOSE (one character apart), NO_MATCH, ID_MISMATCH, NOT_FOUND, CLOSED,
        NOT_POSSIBLE (the payee's bank takes no questions). The bank is asked outside of the
        transaction; a line whose account changed meanwhile keeps no verdict.
    Raises: NotFound, OrderStands, OrderIncomplete, BankUnavailable. Nothing is written then.
    """
    with transaction.atomic():
        order = lock_order(case_number, by=by)
        require_state(order, "核户名", OrderState.DRAFT, OrderState.SUBMITTED, OrderState.APPROVED)
        asked = {
            one.ext_id: one for one in lines_of(order) if one.status in OPEN and one.sealed_account
        }
        debit = order.debit_account
    if not asked:
        return []
    if debit is None:
        raise OrderIncomplete(what="付款账户")
    checks = [_question(ref, one) for ref, one in enumerate(asked.values())]
    try:
        results = (gateway or gateways.of(debit)).verify_payees(checks)
    except GatewayError as problem:
        raise BankUnavailable from problem
    verdicts = dict(zip(asked, results, strict=True))
    with transaction.atomic():
        order = lock_order(case_number, by=by)
        rows = [
            _write(one, verdicts[one.ext_id], at)
            for one in lines_of(order)
            if one.ext_id in verdicts and one.sealed_account == asked[one.ext_id].sealed_account
        ]
        Payment.objects.bulk_update(
            rows, ["payee_check", "payee_check_name", "payee_checked_at"], batch_size=200
        )
        audit.write(
            chain=order.organisation.ext_id,
            kind="payments.payees.checked",
            by=by,
            at=at,
            subject=("payment_order", order.ext_id),
            after={"verdicts": dict(Counter(one.payee_check for one in rows))},
        )
    return [CheckedLine(one.line_no, one.payee_check, one.payee_check_name) for one in rows]


def _question(ref: int, one: Payment) -> PayeeCheck:
    return PayeeCheck(
        ref=str(ref),
        name=one.payee_name,
        account=secrets.reveal("account", one.sealed_account),
        bank_code=one.bank_code,
    )


def _write(one: Payment, result: PayeeCheckResult, at: datetime) -> Payment:
    verdict = str(result.verdict)
    if result.verdict is PayeeVerdict.NO_MATCH:
        verdict = REASONS.get(result.reason_code, verdict)
    one.payee_check = verdict
    one.payee_check_name = result.masked_name[:120]
    one.payee_checked_at = at
    return one
