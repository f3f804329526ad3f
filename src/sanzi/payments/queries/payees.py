"""Reads for those who are to be paid: their own accounts, and what a source was paid already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import QuerySet, Sum

from sanzi.kernel import money
from sanzi.orgs import secrets
from sanzi.orgs.models import Person
from sanzi.payments.models import AccountKind, BankAccount, Payment, PaymentStatus

OWN_KINDS = (AccountKind.ONE_CARD, AccountKind.PERSONAL)
GONE = (
    PaymentStatus.DRAFT,
    PaymentStatus.CANCELLED,
    PaymentStatus.REJECTED,
    PaymentStatus.NOT_EXECUTED,
    PaymentStatus.RETURNED,
)


def own_accounts(people: Iterable[int]) -> dict[int, BankAccount]:
    """Return each person's own open account: the one card before others."""
    rows: QuerySet[BankAccount] = BankAccount.objects.filter(
        person_id__in=list(people), kind__in=OWN_KINDS, closed_date__isnull=True
    )
    found: dict[int, BankAccount] = {}
    for one in rows.order_by("kind", "pk"):
        if one.person_id is not None:
            found.setdefault(one.person_id, one)
    return found


def lines(amounts: Mapping[int, int]) -> tuple[dict[str, str], ...]:
    """Return payee lines as a payment takes them, of person keys and fen, larger sums first.

    The account is each person's own, empty where none is registered. The caller holds the door
    of whatever the money is for, and never shows the accounts in full.
    """
    people = Person.objects.in_bulk(list(amounts))
    accounts = own_accounts(amounts)
    return tuple(
        {
            "kind": "person",
            "payee_id": people[key].ext_id,
            "name": people[key].name,
            "account": secrets.reveal("account", accounts[key].sealed_number)
            if key in accounts
            else "",
            "bank_code": accounts[key].bank_code if key in accounts else "",
            "amount": money.format_yuan(fen).replace(",", ""),
        }
        for key, fen in sorted(amounts.items(), key=lambda one: (-one[1], one[0]))
    )


def paid_fen(source_kind: str, source_id: str, but_case: str = "") -> int:
    """Return what was paid or is on its way for a source, without what one case asks."""
    rows = Payment.objects.filter(
        order__source_kind=source_kind, order__source_id=source_id
    ).exclude(status__in=GONE)
    if but_case:
        rows = rows.exclude(order__case_number=but_case)
    return rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0
