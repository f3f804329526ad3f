"""What a household sees of itself after its proof: its money, and who looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sanzi.disclosure import naming
from sanzi.disclosure.models import HouseholdLook
from sanzi.kernel import clock, masking
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Household, Person
from sanzi.payments.models import Payment, PaymentStatus
from sanzi.registers.land import queries as land
from sanzi.registers.subsidies.queries import public as subsidies

LOOKS_SHOWN = 20
YEARS_SHOWN = timedelta(days=3 * 366)
SHOWN = (
    PaymentStatus.SETTLED,
    PaymentStatus.RETURNED,
    PaymentStatus.ACCEPTED,
    PaymentStatus.UNKNOWN,
    PaymentStatus.SUBMITTING,
    PaymentStatus.REJECTED,
)


@dataclass(frozen=True)
class HouseholdPayment:
    """One payment to a member: what for, how much, where it stands."""

    case_number: str
    village_code: str
    title: str
    who: str
    account_tail: str
    amount_fen: int
    status: str
    paid_at: datetime | None
    is_arrived: bool


@dataclass(frozen=True)
class HouseholdPage:
    """A household's page: members masked, payments newest first, who looked."""

    village_code: str
    members: tuple[str, ...]
    payments: tuple[HouseholdPayment, ...]
    arrived_fen: int
    looks: tuple[tuple[datetime, str, bool], ...]
    subsidies: tuple[subsidies.OwnAward, ...]
    land: land.Holding


def member(household_id: int, name: str) -> int:
    """Return the living person of a household by the name he gave. Raises: NotFound."""
    found = Person.objects.filter(
        household_id=household_id, name=name.strip(), death_date__isnull=True
    ).order_by("pk").first()  # fmt: skip
    if found is None:
        raise NotFound
    return found.pk


def household_page(household_id: int, at: datetime) -> HouseholdPage:
    """Return the page of a household whose proof the session holds. Raises: NotFound."""
    household = Household.objects.filter(pk=household_id).first()
    if household is None:
        raise NotFound
    members = list(Person.objects.filter(household=household).order_by("id"))
    rows = (
        Payment.objects.filter(
            payee_person__in=members,
            status__in=SHOWN,
            order__created_at__gte=at - YEARS_SHOWN,
        )
        .select_related("order")
        .order_by("-order__created_at", "-id")
    )
    found = list(rows)
    titles = naming.clean(household.division_id, [row.order.purpose for row in found])
    payments = tuple(_shown(row, title) for row, title in zip(found, titles, strict=True))
    return HouseholdPage(
        village_code=household.division_id,
        members=tuple(masking.name(one.name) for one in members if one.death_date is None),
        payments=payments,
        subsidies=tuple(subsidies.own(one.pk for one in members)),
        land=land.holding(household.pk, clock.local_date(at)),
        arrived_fen=sum(one.amount_fen for one in payments if one.is_arrived),
        looks=tuple(
            HouseholdLook.objects.filter(household=household)
            .order_by("-at")
            .values_list("at", "how", "was_granted")[:LOOKS_SHOWN],
        ),
    )


def _shown(row: Payment, title: str) -> HouseholdPayment:
    return HouseholdPayment(
        case_number=row.order.case_number,
        village_code=row.order.division_code,
        title=title,
        who=masking.name(row.payee_name),
        account_tail=row.account_tail,
        amount_fen=row.amount_fen,
        status=row.get_status_display(),
        paid_at=row.paid_at,
        is_arrived=row.status == PaymentStatus.SETTLED,
    )
