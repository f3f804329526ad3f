"""Reads of the room: sums of a roster, what is due to whom, what was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from sanzi.orgs import secrets
from sanzi.payments.models import AccountKind, BankAccount
from sanzi.registers.land.models import LandTaking, OwnerKind

KIND = "compensation"
OWN_KINDS = (AccountKind.ONE_CARD, AccountKind.PERSONAL)


@dataclass(frozen=True)
class Due:
    """What one person gets of a project. Units: fen. `account` is empty when none is known."""

    person_ext_id: str
    name: str
    amount_fen: int
    account: str
    bank_code: str


def total_fen(taking: LandTaking, owner_kind: str = "") -> int:
    """Return the sum of a roster, or of its lines of one kind of owner."""
    rows = taking.lines.filter(owner_kind=owner_kind) if owner_kind else taking.lines.all()
    return rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0


def due_by_person(taking: LandTaking) -> dict[int, int]:
    """Return by person what the households' lines give him."""
    rows = taking.lines.filter(owner_kind=OwnerKind.HOUSEHOLD).values_list("person_id")
    return {person: fen for person, fen in rows.annotate(Sum("amount_fen")) if person}


def due(taking: LandTaking) -> list[Due]:
    """Return who gets how much, to his own account; the larger sums first.

    The caller holds the case's door, and never shows the accounts in full.
    """
    rows = (
        taking.lines.filter(owner_kind=OwnerKind.HOUSEHOLD)
        .values("person_id", "person__ext_id", "person__name")
        .annotate(total=Sum("amount_fen"))
        .order_by("-total", "person_id")
    )
    found = list(rows)
    accounts: dict[int, BankAccount] = {}
    own = BankAccount.objects.filter(
        person_id__in=[row["person_id"] for row in found], kind__in=OWN_KINDS,
        closed_date__isnull=True,
    )  # fmt: skip
    for one in own.order_by("kind", "pk"):
        accounts.setdefault(one.person_id or 0, one)
    return [
        Due(
            row["person__ext_id"], row["person__name"], row["total"],
            _number(accounts.get(row["person_id"])), _bank(accounts.get(row["person_id"])),
        )
        for row in found
    ]  # fmt: skip


def _number(account: BankAccount | None) -> str:
    return secrets.reveal("account", account.sealed_number) if account else ""


def _bank(account: BankAccount | None) -> str:
    return account.bank_code if account else ""
