"""Reads of contracts: the list, one page, what is paid on it, what payments may name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet, Sum

from sanzi.deals.models import Contract, ContractKind, ContractStatus
from sanzi.kernel import money
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments.models import Payment, PaymentStatus

SEE = "matters.see"
ENDING_WITHIN = timedelta(days=90)
KINDS = ContractKind.choices
GONE = (
    PaymentStatus.DRAFT,
    PaymentStatus.CANCELLED,
    PaymentStatus.REJECTED,
    PaymentStatus.NOT_EXECUTED,
    PaymentStatus.RETURNED,
)
"""Payments that take no money from a contract: not asked for yet, or certainly not paid."""


@dataclass(frozen=True)
class ContractFilter:
    """What a list of contracts is narrowed to; empty means all."""

    text: str = ""
    division_code: str = ""
    kind: str = ""
    status: str = ""
    is_ending: bool = False


@dataclass(frozen=True)
class PaidLine:
    """A payment on a contract. Units: fen."""

    case_number: str
    purpose: str
    amount_fen: int
    status: str
    created_at: datetime


@dataclass(frozen=True)
class ContractPage:
    """A contract whole, with its supplements and what was paid on it. Units: fen."""

    contract: Contract
    total_fen: int | None
    spent_fen: int
    supplements: tuple[Contract, ...]
    payments: tuple[PaidLine, ...]


def visible_contracts(by: Actor) -> QuerySet[Contract]:
    """Return the contracts of the actor's scope."""
    return Contract.objects.filter(scope.within(by, SEE))


def contracts(*, by: Actor, only: ContractFilter, today: date) -> QuerySet[Contract]:
    """Return the contracts of the scope, newest signed first."""
    found = visible_contracts(by).select_related("organisation", "counterparty")
    if only.division_code:
        found = found.filter(division_code=only.division_code)
    if only.kind:
        found = found.filter(kind=only.kind)
    if only.status:
        found = found.filter(status=only.status)
    if only.is_ending:
        last = today + ENDING_WITHIN
        found = found.filter(
            status=ContractStatus.APPROVED, end_date__gte=today, end_date__lte=last
        )
    if only.text:
        found = found.filter(
            Q(title__icontains=only.text)
            | Q(counterparty__name__icontains=only.text)
            | Q(ext_id=only.text)
        )
    return found.order_by("-sign_date", "-pk")


def access_contract(*, by: Actor, ext_id: str) -> Contract:
    """Return a contract of the actor's scope. Raises: NotFound."""
    found = (
        visible_contracts(by)
        .filter(ext_id=ext_id)
        .select_related("organisation", "counterparty", "parent")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def page(*, by: Actor, ext_id: str) -> ContractPage:
    """Return a contract with what hangs on it. Raises: NotFound."""
    found = access_contract(by=by, ext_id=ext_id)
    rows = _payments(found.ext_id).select_related("order").order_by("-pk")[:200]
    return ContractPage(
        contract=found,
        total_fen=total_fen(found),
        spent_fen=spent_fen(found.ext_id),
        supplements=tuple(Contract.objects.filter(parent=found).order_by("sign_date", "pk")),
        payments=tuple(
            PaidLine(
                one.order.case_number,
                one.order.purpose,
                one.amount_fen,
                one.get_status_display(),
                one.order.created_at,
            )
            for one in rows
        ),
    )


def total_fen(contract: Contract) -> int | None:
    """Return the sum of a contract with its supplements; None where the price is open."""
    if contract.amount_fen is None:
        return None
    more = Contract.objects.filter(parent=contract).exclude(status=ContractStatus.REVOKED)
    return contract.amount_fen + (more.aggregate(sum=Sum("amount_fen"))["sum"] or 0)


def spent_fen(ext_id: str, but_case: str = "") -> int:
    """Return what was paid or is on its way on a contract, without what one case asks."""
    rows = _payments(ext_id).exclude(status__in=GONE)
    if but_case:
        rows = rows.exclude(order__case_number=but_case)
    return rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0


def _payments(ext_id: str) -> QuerySet[Payment]:
    named = Q(order__contract_id=ext_id) | Q(order__source_kind="contract", order__source_id=ext_id)
    return Payment.objects.filter(named)


def offered(organisation_ext_id: str, kinds: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return (ext id, words) of a body's contracts in force, for the lists of forms."""
    rows = Contract.objects.filter(
        organisation__ext_id=organisation_ext_id, status=ContractStatus.APPROVED, parent=None
    )
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    return [(one.ext_id, words_of(one)) for one in rows.order_by("-approved_at", "-id")[:300]]


def words_of(contract: Contract) -> str:
    """Return a contract in a line: what and how much."""
    fen = contract.amount_fen or contract.period_fen
    return f"{contract.title}，{money.format_yuan(fen)}元" if fen else contract.title


def titles(ext_ids: Iterable[str]) -> dict[str, str]:
    """Return the titles of contracts by ext id."""
    return dict(Contract.objects.filter(ext_id__in=list(ext_ids)).values_list("ext_id", "title"))
