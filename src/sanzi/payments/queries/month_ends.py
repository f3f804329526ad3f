"""What of a month's money is not done yet: the guards of this room at the close of a month.

Each looks at many books in a fixed number of queries. A book's accounts are those of its
organisation; history that was imported has no messages to the bank and no statements, and is
never in the way.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Min

from sanzi.kernel import clock
from sanzi.ledger import rules as ledger
from sanzi.ledger.models import Book, VoucherLine
from sanzi.ledger.queries import hindrances
from sanzi.ledger.queries.hindrances import Hindrance
from sanzi.payments.models import BankTransaction, DayBalance, Payment, PaymentStatus

OPEN = (PaymentStatus.SUBMITTING, PaymentStatus.ACCEPTED, PaymentStatus.UNKNOWN)
OWN_SOURCES = ("payment", "receipt")


def register() -> None:
    """Register the guards of this room with the ledger."""
    hindrances.guard("payments.1_open", open_payments)
    hindrances.guard("payments.2_unbooked", unbooked_payments)
    hindrances.guard("payments.3_unmatched", unmatched_lines)
    hindrances.guard("payments.4_statements", missing_statements)


def open_payments(books: Sequence[Book], period: str) -> Mapping[int, list[Hindrance]]:
    """Payments sent to the bank by the end of the month that have no final answer."""
    _, end = _span(period)
    rows = Payment.objects.filter(
        order__organisation__in=_bodies(books),
        order__released_at__lt=end,
        status__in=OPEN,
    )
    found = rows.order_by("pk").values_list("order__organisation_id", "order__case_number")
    return _told(books, found, "付款还没有最后结果", "payment")


def unbooked_payments(books: Sequence[Book], period: str) -> Mapping[int, list[Hindrance]]:
    """Payments of the month that the bank settled and the book does not have."""
    start, end = _span(period)
    rows = Payment.objects.filter(
        order__organisation__in=_bodies(books),
        status=PaymentStatus.SETTLED,
        voucher_ext_id="",
        paid_at__gte=start,
        paid_at__lt=end,
        attempts__status=PaymentStatus.SETTLED,
    ).distinct()
    found = rows.order_by("pk").values_list("order__organisation_id", "order__case_number")
    return _told(books, found, "付款已到账还没记账", "payment")


def unmatched_lines(books: Sequence[Book], period: str) -> Mapping[int, list[Hindrance]]:
    """Bank lines of the month with no payment, no receipt, and no voucher of that amount."""
    start, end = _span(period)
    lines = list(
        BankTransaction.objects.filter(
            account__organisation__in=_bodies(books),
            payment__isnull=True,
            receipt__isnull=True,
            booked_at__gte=start,
            booked_at__lt=end,
        )
        .order_by("booked_at", "pk")
        .values_list(
            "account__organisation_id", "ext_id", "account__ext_id", "direction", "amount_fen"
        )
    )
    booked = _booked_by_hand({account for _, _, account, _, _ in lines}, period)
    left: list[tuple[int | None, str]] = []
    for organisation_id, ext_id, account, direction, amount in lines:
        signed = amount if direction == "in" else -amount
        if booked[account, signed]:
            booked[account, signed] -= 1
        else:
            left.append((organisation_id, ext_id))
    return _told(books, left, "银行流水没有对上", "bank_line")


def _booked_by_hand(accounts: Iterable[str], period: str) -> Counter[tuple[str, int]]:
    """Count (account, signed amount) of voucher lines that no payment or receipt made."""
    rows = VoucherLine.objects.filter(
        aux_kind="account", aux_id__in=sorted(accounts), voucher__period=period
    ).exclude(voucher__source_kind__in=OWN_SOURCES)
    return Counter(
        (aux_id, debit - credit)
        for aux_id, debit, credit in rows.values_list("aux_id", "debit_fen", "credit_fen")
    )


def missing_statements(books: Sequence[Book], period: str) -> Mapping[int, list[Hindrance]]:
    """Days of the month on which an account moved and whose statement has not come.

    Only accounts that the bank sends statements of, from their first one on.
    """
    start, end = _span(period)
    first = {
        row["account_id"]: row["first"]
        for row in DayBalance.objects.filter(
            account__organisation__in=_bodies(books), statement_number__isnull=False
        )
        .values("account_id")
        .annotate(first=Min("balance_date"))
    }
    if not first:
        return {}
    have = set(
        DayBalance.objects.filter(
            account__in=first,
            statement_number__isnull=False,
            balance_date__range=(clock.local_date(start), ledger.last_day(period)),
        ).values_list("account_id", "balance_date")
    )
    moved = BankTransaction.objects.filter(
        account__in=first, booked_at__gte=start, booked_at__lt=end
    ).values_list("account_id", "account__organisation_id", "account__ext_id", "booked_at")
    missing = {
        (organisation_id, f"{ext_id} {day.isoformat()}")
        for account_id, organisation_id, ext_id, at in moved
        if (day := clock.local_date(at)) >= first[account_id] and (account_id, day) not in have
    }
    return _told(books, sorted(missing), "银行对账单还没到", "statement")


def _bodies(books: Sequence[Book]) -> list[int]:
    return [book.organisation_id for book in books]


def _told(
    books: Sequence[Book], found: Iterable[tuple[int | None, str]], title: str, kind: str
) -> dict[int, list[Hindrance]]:
    """Return one hindrance a book from (organisation, id); a body keeps one book."""
    ids: dict[int | None, list[str]] = {}
    for organisation_id, ext_id in found:
        ids.setdefault(organisation_id, []).append(ext_id)
    return {
        book.pk: [
            Hindrance(
                title,
                len(ids[book.organisation_id]),
                kind,
                hindrances.few(list(dict.fromkeys(ids[book.organisation_id]))),
            )
        ]
        for book in books
        if book.organisation_id in ids
    }


def _span(period: str) -> tuple[dt.datetime, dt.datetime]:
    """Return the first instant of a month in Shanghai and that of the next."""
    return _begin(period), _begin(ledger.shift(period, 1))


def _begin(period: str) -> dt.datetime:
    year, month = (int(part) for part in period.split("-"))
    return dt.datetime(year, month, 1, tzinfo=clock.SHANGHAI)
