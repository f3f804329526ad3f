"""What stands behind a voucher: the orders it books, the income, the lines of the bank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.payments.models import BankTransaction, Payment, Receipt
from sanzi.payments.queries.accounts import BankLine, bank_line

SEE = "payments.see"
LINES_MAX = 20


@dataclass(frozen=True)
class Behind:
    """What a voucher books: numbers of cases, of receipts, and the bank's own lines.

    `bank_lines` are the first ones by time, each with the ext id of our account;
    `bank_line_count` counts all of them.
    """

    case_numbers: tuple[str, ...]
    receipt_numbers: tuple[str, ...]
    bank_lines: tuple[tuple[BankLine, str], ...]
    bank_line_count: int


def behind_voucher(*, by: Actor, voucher_ext_id: str, refs: Sequence[str]) -> Behind:
    """Return what a voucher books, as far as the actor may see payments.

    Shapes: refs are what its lines say they book.
    """
    booked = Q(voucher_ext_id=voucher_ext_id) | Q(ext_id__in=list(refs))
    payments = Payment.objects.filter(
        booked, scope.within(by, SEE, "order__division_code")
    ).select_related("order")
    receipts = Receipt.objects.filter(booked, scope.within(by, SEE, "division_code"))
    lines = (
        BankTransaction.objects.filter(
            scope.within(by, SEE, "account__organisation__division_id"),
            Q(payment__in=payments) | Q(receipt__in=receipts),
        )
        .select_related("account__organisation", "payment__order", "receipt")
        .order_by("booked_at", "id")
    )
    shown = list(lines[:LINES_MAX])
    cases = payments.values_list("order__case_number", flat=True).distinct()
    return Behind(
        case_numbers=tuple(sorted(cases)),
        receipt_numbers=tuple(receipts.order_by("number").values_list("number", flat=True)),
        bank_lines=tuple((bank_line(one), one.account.ext_id) for one in shown),
        bank_line_count=lines.count() if len(shown) == LINES_MAX else len(shown),
    )
