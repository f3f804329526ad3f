"""The wage list of a request: each worker's sum, to his own registered account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum

from sanzi.orgs import secrets
from sanzi.payments.models import BankAccount
from sanzi.payments.queries.payees import own_accounts
from sanzi.registers.labour.models import DeclarationState, LabourRequest


@dataclass(frozen=True)
class Wage:
    """What one worker gets. Units: fen. `account` is empty when none of his own is registered."""

    person_ext_id: str
    name: str
    day_count: int
    amount_fen: int
    account: str
    bank_code: str


def wages_of(request: LabourRequest) -> list[Wage]:
    """Return the wages of a request by person, those who earned more first.

    The caller holds the request's door, and never shows the accounts in full.
    """
    rows = (
        request.days.values("person_id", "person__ext_id", "person__name")
        .annotate(total=Sum("amount_fen"), days=Count("work_date", distinct=True))
        .order_by("-total", "person_id")
    )
    accounts = own_accounts(row["person_id"] for row in rows)
    return [
        Wage(
            person_ext_id=row["person__ext_id"],
            name=row["person__name"],
            day_count=row["days"],
            amount_fen=row["total"],
            account=_number(accounts.get(row["person_id"])),
            bank_code=_bank(accounts.get(row["person_id"])),
        )
        for row in rows
    ]


def payable_from(request: LabourRequest) -> date | None:
    """Return the first day on which the wages may be paid, None while nobody accepted them."""
    found = request.declarations.filter(state=DeclarationState.ACCEPTED).first()
    return found.public_until_date if found else None


def _number(account: BankAccount | None) -> str:
    return secrets.reveal("account", account.sealed_number) if account else ""


def _bank(account: BankAccount | None) -> str:
    return account.bank_code if account else ""
