"""What of a month's money is not done yet: the guards of this room at the close of a month.

Each looks at many books in a fixed number of queries. A book's accounts are those of its
organisation; history that was imported has no messages to the bank, and its statements of
reconciliation come with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Min

from sanzi.kernel import clock
from sanzi.ledger import rules as ledger
from sanzi.ledger.models import Book
from sanzi.ledger.queries import hindrances
from sanzi.ledger.queries.hindrances import Hindrance
from sanzi.payments.models import (
    BankAccount,
    BankTransaction,
    DayBalance,
    Payment,
    PaymentStatus,
    Reconciliation,
    ReconciliationState,
)
from sanzi.payments.queries import balance_sides

OPEN = (PaymentStatus.SUBMITTING, PaymentStatus.ACCEPTED, PaymentStatus.UNKNOWN)


def register() -> None:
    """Register the guards of this room with the ledger."""
    hindrances.guard("payments.1_open", open_payments)
    hindrances.guard("payments.2_unbooked", unbooked_payments)
    hindrances.guard("payments.3_unreconciled", unreconciled)
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


def unreconciled(books: Sequence[Book], period: str) -> Mapping[int, list[Hindrance]]:
    """Accounts of which the bank told something and whose month is not reconciled and signed.

    A signed statement holds while both sides of its month are as they were. Accounts of which the
    bank tells nothing are in nobody's way; the statements that a package brought are taken as
    they are.
    """
    bodies = _bodies(books)
    accounts = told_accounts(bodies, period)
    made = present_statements(accounts, period)
    moved = moved_since(accounts, made, bodies, period)
    found: dict[str, list[tuple[int | None, str]]] = {}
    for pk, (organisation_id, ext_id) in sorted(accounts.items()):
        one = made.get(pk)
        if one is None:
            title = "银行账户还没对账"
        elif one.state != ReconciliationState.SIGNED:
            title = "余额调节表还没签字"
        elif pk in moved:
            title = "签字以后账又动了，要重新对账"
        else:
            continue
        found.setdefault(title, []).append((organisation_id, ext_id))
    told: dict[int, list[Hindrance]] = {}
    for title, rows in found.items():
        for book_id, hindered in _told(books, rows, title, "reconciliation").items():
            told.setdefault(book_id, []).extend(hindered)
    return told


def present_statements(
    accounts: Mapping[int, tuple[int | None, str]], period: str
) -> dict[int, Reconciliation]:
    """Return the statement in force of each account that has one for the month."""
    rows = Reconciliation.objects.filter(account__in=accounts, period=period)
    return {one.account_id: one for one in rows.exclude(state=ReconciliationState.REPLACED)}


def told_accounts(bodies: Sequence[int], period: str) -> dict[int, tuple[int | None, str]]:
    """Return (body, id) of accounts of which the bank told something up to the month's end."""
    start, end = _span(period)
    keys: set[int] = set()
    keys.update(
        DayBalance.objects.filter(
            account__organisation__in=bodies,
            statement_number__isnull=False,
            balance_date__lte=ledger.last_day(period),
        )
        .values_list("account_id", flat=True)
        .distinct()
    )
    keys.update(
        BankTransaction.objects.filter(
            account__organisation__in=bodies, booked_at__gte=start, booked_at__lt=end
        )
        .values_list("account_id", flat=True)
        .distinct()
    )
    rows = BankAccount.objects.filter(organisation__in=bodies, pk__in=keys).exclude(
        closed_date__lt=clock.local_date(start)
    )
    return {
        pk: (body, ext_id)
        for pk, body, ext_id in rows.values_list("pk", "organisation_id", "ext_id")
    }


def moved_since(
    accounts: Mapping[int, tuple[int | None, str]],
    made: Mapping[int, Reconciliation],
    bodies: Sequence[int],
    period: str,
) -> set[int]:
    """Return the accounts whose month moved after their statement was signed."""
    signed = {pk: one for pk, one in made.items() if one.signed_at and not one.is_history}
    if not signed:
        return set()
    first, last = balance_sides.month_days(period)
    bank = balance_sides.bank_moved(sorted(signed), first, last)
    book = balance_sides.book_moved(bodies, [accounts[pk][1] for pk in sorted(signed)], period)
    still = balance_sides.Moved()
    return {
        pk
        for pk, one in signed.items()
        if bank.get(pk, still) != balance_sides.Moved(one.bank_moved_count, one.bank_moved_fen)
        or book.get(accounts[pk][1], still)
        != balance_sides.Moved(one.book_moved_count, one.book_moved_fen)
    }


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
