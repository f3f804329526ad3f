"""Reads for those who are to be paid: their own accounts, and what a source was paid already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery, Sum

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


@dataclass(frozen=True)
class Unfit:
    """A payee who gets more of a source than it owes him. Units: fen; 0 for a stranger to it."""

    name: str
    due_fen: int


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


def unfit(
    source_kind: str, source_id: str, case_number: str, due: Mapping[int, int]
) -> Unfit | None:
    """Return the first payee of a source who is not among those owed, or gets more than his.

    Counts what was paid or is on its way, and the draft of the paying case.
    Shapes: `due` gives fen by person key.
    """
    rows = Payment.objects.filter(
        ~Q(status__in=GONE) | Q(order__case_number=case_number, status=PaymentStatus.DRAFT),
        order__source_kind=source_kind,
        order__source_id=source_id,
    )
    asked = rows.values("payee_person_id").annotate(fen=Sum("amount_fen"), name=Max("payee_name"))
    for one in asked.order_by("payee_person_id"):
        mine = due.get(one["payee_person_id"] or 0, 0)
        if one["fen"] > mine:
            return Unfit(one["name"], mine)
    return None


def paid_at(source_kind: str, source: str = "case_number") -> Subquery:
    """Return, for `annotate`, when the bank booked what a row's person got from a row's source.

    Shapes: `source` is the path from the row, which has a `person`, to the case's number; NULL
        until it is paid, and again when the bank gives it back.
    """
    rows = Payment.objects.filter(
        order__source_kind=source_kind,
        order__source_id=OuterRef(source),
        payee_person_id=OuterRef("person_id"),
        status=PaymentStatus.SETTLED,
    ).exclude(order__source_id="")
    return Subquery(rows.order_by("-paid_at").values("paid_at")[:1])
