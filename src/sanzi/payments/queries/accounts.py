"""Reads of one credit, and what a form offers: accounts, funds, budget lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from sanzi.kernel import money
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments.models import (
    BankAccount,
    BankTransaction,
    BudgetLine,
    Fund,
    OrderState,
    PaymentOrder,
)
from sanzi.payments.queries import unclaimed
from sanzi.payments.queries.unclaimed import CreditFilter


@dataclass(frozen=True)
class BankLine:
    """A line of a bank statement. Units: fen; `is_credit` when money came in."""

    ext_id: str
    booked_at: datetime
    is_credit: bool
    amount_fen: int
    peer_name: str
    memo: str
    organisation: str
    organisation_kind: str
    organisation_ext_id: str
    division_code: str
    account_tail: str
    bank_ref: str
    case_number: str
    receipt_number: str


def access_unclaimed(*, by: Actor, ext_id: str) -> BankLine:
    """Return one credit that nobody has claimed. Raises: NotFound."""
    found = unclaimed.waiting(by=by, only=CreditFilter()).filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return bank_line(found)


def bank_line(one: BankTransaction) -> BankLine:
    """Return a bank line as its list shows it."""
    body = one.account.organisation
    return BankLine(
        ext_id=one.ext_id,
        booked_at=one.booked_at,
        is_credit=one.direction == "in",
        amount_fen=one.amount_fen,
        peer_name=one.peer_name,
        memo=one.memo,
        organisation=body.name if body else "",
        organisation_kind=body.kind if body else "",
        organisation_ext_id=body.ext_id if body else "",
        division_code=body.division_id if body else "",
        account_tail=one.account.tail,
        bank_ref=one.bank_ref,
        case_number=one.payment.order.case_number if one.payment else "",
        receipt_number=one.receipt.number if one.receipt else "",
    )


def account_names(ext_ids: Iterable[str]) -> dict[str, str]:
    """Return the words of accounts by ext id, for the books; the callers hold their doors."""
    rows = BankAccount.objects.filter(ext_id__in=list(ext_ids))
    return {one.ext_id: f"{one.get_kind_display()} 尾号{one.tail}" for one in rows}


def own_accounts(org_ext_id: str) -> list[tuple[str, str]]:
    """Return (ext id, words) of the open accounts of a body."""
    rows = BankAccount.objects.filter(organisation__ext_id=org_ext_id, closed_date__isnull=True)
    return [(one.ext_id, f"{one.get_kind_display()} 尾号{one.tail}") for one in rows.order_by("id")]


def funds(org_ext_id: str) -> list[tuple[str, str]]:
    """Return (code, words) of the funds of a body."""
    rows = Fund.objects.filter(organisation__ext_id=org_ext_id).order_by("code")
    return [(one.code, one.name or one.code) for one in rows]


def budget_lines(org_ext_id: str, year: int) -> list[tuple[str, str]]:
    """Return (ext id, words) of the voted lines of a year, with what is left of each."""
    rows = list(
        BudgetLine.objects.filter(organisation__ext_id=org_ext_id, year=year).order_by(
            "subject_code",
            "id",
        ),
    )
    spent = dict(
        PaymentOrder.objects.filter(budget_line__in=rows)
        .exclude(state__in=[OrderState.DRAFT, OrderState.CANCELLED])
        .values_list("budget_line_id")
        .annotate(Sum("amount_fen")),
    )
    return [
        (
            one.ext_id,
            f"{one.name or one.subject_code}，还剩{_left(one.amount_fen - spent.get(one.pk, 0))}",
        )
        for one in rows
    ]


def _left(fen: int) -> str:
    return f"{money.format_yuan(fen)}元" if fen >= 0 else f"0元，已超{money.format_yuan(-fen)}元"
