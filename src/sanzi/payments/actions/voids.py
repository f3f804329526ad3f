"""Voiding receipts: a receipt stays with its number, and a red voucher takes it out of the books.

The bank line goes back to those waiting to be claimed, the bill waits for its money again. Receipts
that share one bank line are voided together or not at all.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from sanzi.audit import actions as audit
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import bills, books
from sanzi.payments.errors import ReasonNeeded, ReceiptVoided, SharedLine
from sanzi.payments.models import BankTransaction, Bill, Receipt

PERMISSION = "payments.receive"
REASON_LENGTH_MIN = 4


@transaction.atomic
def void_receipt(
    *,
    ext_id: str,
    by: Actor,
    at: datetime,
    reason: str,
    together: bool = False,
    has_all_copies: bool | None = None,
) -> None:
    """Void a receipt, or (together) all that share its bank line.

    `has_all_copies` says of a paper receipt whether all its copies are kept in the book.
    Raises: NotFound, ReasonNeeded, ReceiptVoided, SharedLine.
    """
    _hold_bills(ext_id)
    receipt = _locked([ext_id]).first()
    if receipt is None:
        raise NotFound
    scope.require(by, PERMISSION, receipt.division_code)
    if receipt.voided_at is not None:
        raise ReceiptVoided(number=receipt.number)
    if len(reason.strip()) < REASON_LENGTH_MIN:
        raise ReasonNeeded(verb="作废收据")
    sharing = _sharing(receipt)
    if len(sharing) > 1 and not together:
        raise SharedLine(count=len(sharing) - 1)
    for one in sharing:
        _void(one, reason, has_all_copies=has_all_copies, by=by, at=at)
    BankTransaction.objects.filter(receipt__in=[one.pk for one in sharing]).update(receipt=None)


def _hold_bills(ext_id: str) -> None:
    """Lock the bills of a receipt and of those that share its bank line, before the receipts."""
    same = Q(receipts__ext_id=ext_id) | Q(receipts__bank_line__receipts__ext_id=ext_id)
    keys = list(Bill.objects.filter(same).values_list("pk", flat=True))
    list(Bill.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))


def _locked(ext_ids: list[str]) -> QuerySet[Receipt]:
    return (
        Receipt.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "account", "payer_counterparty")
        .filter(ext_id__in=ext_ids)
        .order_by("pk")
    )


def _sharing(receipt: Receipt) -> list[Receipt]:
    """Return the living receipts of the same bank line, this one among them."""
    if receipt.bank_line_id is None:
        return [receipt]
    same = Receipt.objects.filter(bank_line_id=receipt.bank_line_id, voided_at__isnull=True)
    return list(_locked(list(same.values_list("ext_id", flat=True))))


def _void(
    receipt: Receipt, reason: str, *, has_all_copies: bool | None, by: Actor, at: datetime
) -> None:
    if receipt.bill_id is not None:
        bills.credit(Bill.objects.get(pk=receipt.bill_id), -receipt.amount_fen, at)
    books.voided(receipt, by=by, at=at)
    receipt.voided_at = at
    receipt.void_reason = reason.strip()[:120]
    receipt.has_all_copies = has_all_copies if receipt.book_id else None
    receipt.bank_line = None
    receipt.save(update_fields=["voided_at", "void_reason", "has_all_copies", "bank_line"])
    audit.write(
        chain=receipt.organisation.ext_id,
        kind="payments.receipt.voided",
        by=by,
        at=at,
        subject=("receipt", receipt.ext_id),
        after={
            "number": receipt.number,
            "amount_fen": receipt.amount_fen,
            "reason": receipt.void_reason,
        },
    )
