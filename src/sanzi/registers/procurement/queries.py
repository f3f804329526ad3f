"""Reads of purchases: the list, one page, what may still be paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from sanzi.deals.queries.contracts import GONE
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments.models import Payment
from sanzi.registers.procurement.models import Procurement, Status

SEE = "matters.see"
STATUSES = Status.choices


@dataclass(frozen=True)
class QuoteRow:
    """A price of an inquiry. Units: fen."""

    name: str
    price_fen: int
    quoted_at: datetime
    is_winner: bool


@dataclass(frozen=True)
class ProcurementPage:
    """A purchase whole. Units: fen."""

    procurement: Procurement
    quotes: tuple[QuoteRow, ...]
    acceptors: tuple[str, ...]
    paid_fen: int


def procurements(
    *, by: Actor, text: str = "", division_code: str = "", status: str = ""
) -> QuerySet[Procurement]:
    """Return the purchases of the scope, newest first."""
    found = Procurement.objects.filter(scope.within(by, SEE)).select_related(
        "organisation", "counterparty"
    )
    if division_code:
        found = found.filter(division_code=division_code)
    if status:
        found = found.filter(status=status)
    if text:
        found = found.filter(
            Q(title__icontains=text) | Q(counterparty__name__icontains=text) | Q(ext_id=text)
        )
    return found.order_by("-submitted_at", "-pk")


def page(*, by: Actor, ext_id: str) -> ProcurementPage:
    """Return a purchase of the actor's scope. Raises: NotFound."""
    found = procurements(by=by).filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return ProcurementPage(
        procurement=found,
        quotes=tuple(
            QuoteRow(one.counterparty.name, one.price_fen, one.quoted_at, one.is_winner)
            for one in found.quotes.select_related("counterparty").order_by("price_fen", "pk")
        ),
        acceptors=tuple(
            one.person.name for one in found.acceptors.select_related("person").order_by("pk")
        ),
        paid_fen=paid_fen(found.case_number),
    )


def paid_fen(source_id: str, but_case: str = "") -> int:
    """Return what was paid or is on its way for a purchase, without what one case asks."""
    rows = Payment.objects.filter(
        order__source_kind="procurement", order__source_id=source_id
    ).exclude(status__in=GONE)
    if but_case:
        rows = rows.exclude(order__case_number=but_case)
    return rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0
