"""Reads of the room: what is spent of a budget, what the books and the bank say, shares to pay."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from sanzi.ledger.models import Book
from sanzi.ledger.queries import year_end
from sanzi.orgs import secrets
from sanzi.payments.models import (
    AccountKind,
    BankAccount,
    BudgetLine,
    DayBalance,
    OrderState,
    PaymentOrder,
)
from sanzi.registers.yearly.models import Distribution

KIND = "other"
OWN_KINDS = (AccountKind.ONE_CARD, AccountKind.PERSONAL)


@dataclass(frozen=True)
class Spent:
    """A voted line and what payments took of it or ask of it. Units: fen."""

    subject_code: str
    name: str
    amount_fen: int
    spent_fen: int


@dataclass(frozen=True)
class Due:
    """What one member gets. Units: fen. `account` is empty when none of his own is known."""

    person_ext_id: str
    name: str
    amount_fen: int
    account: str
    bank_code: str


def spent(organisation_id: int, year: int) -> list[Spent]:
    """Return the voted lines of a body's year with what is spent of each."""
    lines = BudgetLine.objects.filter(organisation_id=organisation_id, year=year)
    taken = dict(
        PaymentOrder.objects.filter(budget_line__in=lines)
        .exclude(state__in=[OrderState.DRAFT, OrderState.CANCELLED])
        .values_list("budget_line_id")
        .annotate(Sum("amount_fen"))
    )
    return [
        Spent(one.subject_code, one.name, one.amount_fen, taken.get(one.pk, 0))
        for one in lines.order_by("subject_code", "pk")
    ]


def book_result(organisation_id: int, year: int) -> tuple[int, int] | None:
    """Return (net income, earlier losses not made up) by the books; None without a book.

    Units: fen; the loss is positive.
    """
    book = Book.objects.filter(organisation_id=organisation_id).first()
    if book is None:
        return None
    found = year_end.distributable(book, year)
    return found.net_fen, max(0, -(found.brought_fen + found.other_fen))


def own_cash_fen(organisation_id: int) -> int:
    """Return what lies in a body's open accounts at their last known day, without the land's."""
    accounts = BankAccount.objects.filter(
        organisation_id=organisation_id, closed_date__isnull=True
    ).exclude(kind=AccountKind.LAND_COMPENSATION)
    days = DayBalance.objects.filter(account__in=accounts).order_by("balance_date")
    latest = dict(days.values_list("account_id", "balance_fen"))
    return sum(latest.values())


def due(distribution: Distribution) -> list[Due]:
    """Return who gets how much, to his own account.

    The caller holds the case's door, and never shows the accounts in full.
    """
    shares = list(distribution.shares.select_related("person").order_by("pk"))
    accounts: dict[int, BankAccount] = {}
    own = BankAccount.objects.filter(
        person_id__in=[one.person_id for one in shares], kind__in=OWN_KINDS,
        closed_date__isnull=True,
    )  # fmt: skip
    for account in own.order_by("kind", "pk"):
        accounts.setdefault(account.person_id or 0, account)
    return [_due(one.person.ext_id, one.person.name, one.amount_fen, accounts.get(one.person_id))
            for one in shares]  # fmt: skip


def _due(ext_id: str, name: str, fen: int, account: BankAccount | None) -> Due:
    if account is None:
        return Due(ext_id, name, fen, "", "")
    return Due(ext_id, name, fen, secrets.reveal("account", account.sealed_number),
               account.bank_code)  # fmt: skip


def due_by_person(distribution: Distribution) -> dict[int, int]:
    """Return by person's key what a distribution gives him. Units: fen."""
    return dict(distribution.shares.values_list("person_id", "amount_fen"))
